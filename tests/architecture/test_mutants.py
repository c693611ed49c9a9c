import pytest

from architecture.repository import ROOT
from mutate.groups import Group, read_explained, read_groups
from mutate.page import Measured, Survivor, draw
from mutate.work import Change

HERE = ROOT / "tools" / "mutate"
GROUP = Group(
    name="try", title="A trial", page="page.md", files=("src/a.py",), tests=(), leave=(), explain=("src/*",)
)


def changes(killed: int, survived: int) -> list[Change]:
    fates = ["killed"] * killed + ["survived"] * survived
    return [
        Change(name=f"a.x_f__mutmut_{n}", file="src/a.py", function="f", fate=fate)
        for n, fate in enumerate(fates)
    ]


def measured(killed: int, reasons: list[str]) -> Measured:
    every = changes(killed, len(reasons))
    survivors = [
        Survivor(change=change, taken="a < b", put="a <= b", why=why)
        for change, why in zip(every[killed:], reasons, strict=True)
    ]
    return Measured(group=GROUP, changes=every, survivors=survivors, told="Measured.")


@pytest.mark.parametrize("group", read_groups(HERE).values(), ids=lambda group: group.name)
def test_every_file_that_is_changed_and_every_test_of_it_stands(group: Group) -> None:
    for name in (*group.files, *group.tests, *(one.split("::")[0] for one in group.leave)):
        assert (ROOT / name).exists(), name
    assert any(group.must_explain(name) for name in group.files)


def test_a_reason_is_given_for_a_file_that_is_changed() -> None:
    files = {name for group in read_groups(HERE).values() for name in group.files}
    reasons = read_explained(HERE)
    assert {file for file, *_ in reasons} <= files
    assert all(why.strip() for why in reasons.values())


def test_five_in_a_hundred_may_survive_and_no_more() -> None:
    assert measured(95, ["equal"] * 5).good
    assert not measured(94, ["equal"] * 6).good


def test_a_survivor_without_a_reason_is_not_good_enough() -> None:
    assert not measured(99, [""]).good
    assert "not explained" in draw(measured(99, [""]))


def test_the_page_names_what_survived_and_why() -> None:
    page = draw(measured(19, ["nothing lies between"]))
    assert "**The tests detect 95.0 % of 20 changes.**" in page
    assert "| `f` | `a < b` | `a <= b` | nothing lies between |" in page
