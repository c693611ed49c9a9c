"""The safety case as data: what does not hold together, or claims too much, is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from architecture.repository import ROOT
from builders.safety.case import SMALL, VIOLATION
from safety_case.case import CaseError, Status, read_case

OURS = ROOT / "docs" / "safety" / "case.toml"


def refused(tmp_path: Path, text: str) -> str:
    """Read a case that does not hold together; return what is said of it."""
    path = tmp_path / "case.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as refusal:
        read_case(path)
    return str(refusal.value)


def test_our_case_has_every_requirement_and_every_hazard() -> None:
    case = read_case(OURS)

    assert (len(case.requirements), len(case.hazards)) == (174, 50)
    assert case.requirements[-1].id == "ITB-174"


def test_the_row_that_needs_people_is_never_claimed_proven() -> None:
    row = read_case(OURS).by_id["ITB-131"]

    assert row.needs_people
    assert row.status not in {Status.TEST, Status.ANALYSIS}


def test_a_small_case_is_read(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(SMALL, encoding="utf-8")

    case = read_case(tmp_path / "case.toml")

    assert list(case.by_id) == ["ITB-001", "ITB-002"]
    assert case.hazards[0].requirements == ["ITB-001"]


PLANNED = 'status = "planned"\nwhere = "pump"\nmissing = "the drive"'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "ITB-002"', 'id = "ITB-001"', "ITB-001: stands where ITB-002 is expected"),
        ('id = "ITB-002"', 'id = "ITB-003"', "ITB-003: stands where ITB-002 is expected"),
        ('id = "H-01"', 'id = "H-02"', "H-02: stands where H-01 is expected"),
        ('status = "test"', 'status = "surely"', "ITB-001: 'surely' is not a valid Status"),
        ('status = "test"', PLANNED.replace("pump", "moon"), "says where (pump, programmer, clinic)"),
        ('status = "test"', PLANNED.replace("the drive", " "), "and what is missing"),
        ('status = "test"', 'status = "test"\nhalf = "nearly"', "a planned row, and no other"),
        ('status = "test"', 'status = "test"\nwhere = "pump"', "a planned row, and no other"),
        ('status = "test"', 'status = "analysis"', "an analysed row, and no other, names its analysis"),
        ('status = "test"', 'status = "test"\nanalysis = "a.md"', "an analysed row, and no other"),
        ('status = "test"', 'status = "out of scope"', "ITB-001: a row out of scope, and no other, says why"),
        ('status = "out of scope"\nreason = "needs people"', 'status = "test"', "ITB-002: needs people"),
        (
            'status = "out of scope"\nreason = "needs people"',
            'status = "analysis"\nanalysis = "a.md"',
            "ITB-002: needs people, and is never claimed proven",
        ),
        ('transfer = "adapted"', 'transfer = "=="', "transfer '==' is none of carried over"),
        ('text = "It delivers"', 'text = " "', "ITB-001: without its text or its origin"),
        ('origin = "HF"\n', "", "ITB-002: missing or unknown: origin"),
        ('origin = "HF"', 'origin = "HF"\ncolour = "red"', "ITB-002: missing or unknown: colour"),
        ('section = "A"', 'section = "Q"', "ITB-001: no section 'Q'"),
        ("severity = 5", "severity = 6", "H-01: severity 6 is outside what is allowed, 1 to 5"),
        ('requirements = ["ITB-001"]', "requirements = []", "H-01: without its cause"),
        ('requirements = ["ITB-001"]', 'requirements = ["ITB-9"]', "H-01: no requirement 'ITB-9'"),
        ('rows = ["ITB-001"]', 'rows = ["ITB-9"]', "S-01: no requirement 'ITB-9'"),
        ('reason = "it is safer"', 'reason = ""', "S-01: without its title"),
        ('requirement = "ITB-001"', 'requirement = "ITB-9"', "L-01: no requirement 'ITB-9'"),
        ('source = "a notice"', 'source = ""', "L-01: without what the legacy pump does, or its source"),
        ('id = "L-01"', 'id = "L-07"', "L-07: stands where L-01 is expected"),
        ("[[decision]]", "[[opinion]]", "opinion: not a table of a safety case"),
        ("[[decision]]", "[[decision", "not TOML"),
    ],
)
def test_a_case_with_a_defect_is_refused_by_name(tmp_path: Path, old: str, new: str, said: str) -> None:
    whole = SMALL + VIOLATION
    assert old in whole

    assert said in refused(tmp_path, whole.replace(old, new, 1))


def test_every_defect_is_told_at_once(tmp_path: Path) -> None:
    said = refused(tmp_path, SMALL.replace("severity = 5", "severity = 0").replace('"KSU R5.1.0(1)"', '""'))

    assert "H-01" in said
    assert "ITB-001" in said
