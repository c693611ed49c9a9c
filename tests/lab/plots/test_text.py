"""Text that a person typed is shown as it is written: no mathematics, no hidden label, no broken SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenarios import SMALL, problems_of, read
from thecal.body import PLASMA, Ensemble, OralDose, Response, load_parameters, simulate
from thecal.lab import plot, run_scenario
from thecal.lab.plots.figures import legible
from thecal.lab.report import render


def response() -> Response:
    return simulate(
        Ensemble.drawn(load_parameters(), 2, seed=1, cells_per_cm=1),
        sample_times_h=[0, 1, 2],
        oral=[OralDose(at_h=0, dose_mg=20)],
        sites=[],
    )


RESPONSE = response()


def texts(picture: bytes) -> list[str]:
    root = ET.fromstring(picture)  # noqa: S314 - our own
    return ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("text")]


@pytest.mark.parametrize(
    "label",
    [
        "$x^2$",
        "costs $5 and $6",
        r"$\frac{broken$",
        "_hidden",
        "_",
        "<b>&amp;</b>",
        "]]> -->",
        "100 % {bold}",
        "\N{GREEK SMALL LETTER MU}g/d",
    ],
)
def test_a_label_is_shown_as_it_is_written(label: str) -> None:
    shown = texts(plot({label: RESPONSE, "other": RESPONSE}, [PLASMA]))

    assert label in shown
    assert "other" in shown


@given(
    labels=st.lists(
        st.text(min_size=1, max_size=20).filter(str.strip), min_size=2, max_size=3, unique_by=legible
    )
)
@settings(max_examples=20)
def test_any_label_makes_a_whole_svg_that_shows_it(labels: list[str]) -> None:
    shown = {" ".join(word.split()) for word in texts(plot(dict.fromkeys(labels, RESPONSE), [PLASMA]))}

    assert {" ".join(legible(label).split()) for label in labels} <= shown


@pytest.mark.parametrize("title", ["$5 to $10", r"$\alpha$", "_under", "a <title> & more", "$"])
def test_a_title_is_shown_as_it_is_written(title: str) -> None:
    written = SMALL.replace("A small scenario", title.replace("\\", "\\\\"))

    report = render(run_scenario(read(written), patients=2))

    assert title in texts(report["figure.svg"])


@pytest.mark.parametrize("code", ["\\u0000", "\\u0001", "\\u001B[31m", "\\u0085", "\\u202E", "\\uFFFE"])
def test_a_text_with_a_character_that_cannot_be_shown_is_refused(code: str) -> None:
    (problem,) = problems_of(SMALL.replace("A small scenario", f"A {code} scenario"))

    assert problem.startswith("title: ")
    assert "cannot be shown" in problem


def test_a_user_s_own_settings_of_matplotlib_change_no_figure() -> None:
    usual = plot({"one": RESPONSE, "other": RESPONSE}, [PLASMA], in_decades=[PLASMA])

    with mpl.rc_context({"text.usetex": True, "font.size": 30.0, "axes.grid": True}):
        assert plot({"one": RESPONSE, "other": RESPONSE}, [PLASMA], in_decades=[PLASMA]) == usual


def test_a_logarithmic_axis_has_numbers_and_no_mathematics() -> None:
    shown = texts(plot({"one": RESPONSE}, [PLASMA], in_decades=[PLASMA]))

    assert not any("$" in word or "mathdefault" in word for word in shown)
    assert {"10", "100"} & set(shown)
