from __future__ import annotations

import re
from importlib.resources import files

import numpy as np
import pytest

from thecal.body import Law, draw_patients, load_parameters, read_parameters

TEXT = files("thecal.body").joinpath("parameters.toml").read_text("utf-8")

LUCK = """[parameter.luck]
value = 1
unit = "1"
law = "fixed"
range = [0, 1]
sureness = "V"
source = "x"
"""


def test_every_shipped_number_says_where_it_comes_from() -> None:
    parameters = load_parameters()

    assert parameters.version
    for parameter in parameters.table.values():
        assert parameter.source
        assert parameter.unit
        assert parameter.low <= parameter.value <= parameter.high
        assert parameter.how or parameter.sureness != "assumed"


def test_the_same_seed_draws_the_same_patients_whatever_the_cohort() -> None:
    few, many = (draw_patients(load_parameters(), count, seed=11) for count in (5, 200))

    for name, values in few.values.items():
        assert values.tolist() == many[name][:6].tolist()
    assert draw_patients(load_parameters(), 5, seed=12)["ec50_ng_mL"][1] != few["ec50_ng_mL"][1]


def test_a_parameter_that_becomes_known_leaves_the_others_as_they_were_drawn() -> None:
    drawn = draw_patients(load_parameters(), 9, seed=4)

    known = draw_patients(load_parameters().knowing(spinal_csf_mL=80.0), 9, seed=4)

    assert known["spinal_csf_mL"].tolist() == [80.0] * 10
    assert known["ec50_ng_mL"].tolist() == drawn["ec50_ng_mL"].tolist()


def test_draws_have_the_stated_centre_and_spread() -> None:
    drawn = draw_patients(load_parameters(), 4000, seed=2)

    for name, parameter in load_parameters().table.items():
        rows = drawn[name]
        assert rows[0] == parameter.value
        assert (rows >= parameter.low).all()
        assert (rows <= parameter.high).all()
        if parameter.law is Law.LOGNORMAL:
            assert np.std(np.log(rows[1:])) == pytest.approx(parameter.sd, rel=0.05)
            assert np.median(rows[1:]) == pytest.approx(parameter.value, rel=0.05)
        elif parameter.law is Law.FIXED:
            assert np.ptp(rows) == 0


def test_parameters_are_drawn_independently() -> None:
    drawn = draw_patients(load_parameters(), 4000, seed=2)

    related = np.corrcoef(np.log(drawn["ec50_ng_mL"][1:]), np.log(drawn["spinal_loss_per_h"][1:]))[0, 1]

    assert abs(related) < 0.06


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"spinal_csf_mL": -1}, "spinal_csf_mL is -1 mL; allowed: 10 to 250 mL"),
        ({"tone_legs_before": 0.5}, "tone_legs_before is 0.5 Ashworth 1-5; allowed: 1 to 5"),
        ({"ec50_ng_mL": float("nan")}, "ec50_ng_mL is nan ng/mL"),
        ({"ec50": 100}, "parameter 'ec50' is unknown; allowed: canal_length_cm"),
    ],
)
def test_what_cannot_be_known_is_refused(known: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        load_parameters().knowing(**known)


@pytest.mark.parametrize(
    ("pattern", "instead", "said"),
    [
        (r"value = 97.3", "value = 970.3", "spinal_csf_mL is 970.3 mL; allowed: 10 to 250 mL"),
        (r"value = 97.3", 'value = "many"', "spinal_csf_mL must be written as a number, got 'many'"),
        (r"value = 97.3\n", "", "spinal_csf_mL: missing field value"),
        (r"value = 97.3", "value = 97.3\nvalues = 3", "spinal_csf_mL: unknown field values"),
        (r'law = "normal"', 'law = "uniform"', "law 'uniform'; allowed: fixed, normal, lognormal"),
        (r'sureness = "V"', 'sureness = "sure"', "sureness 'sure'; allowed: D, M, V"),
        (r"sd = 4.0", "sd = -4.0", "sd of canal_length_cm is -4 cm"),
        (r"range = \[20.0, 80.0\]", "range = 20.0", "canal_length_cm: range must be two numbers"),
        (r'source = "Sass[^"]*"', 'source = ""', "needs a unit and a source"),
        (r'\nhow = "small against[^"]*"', "", "bulk_flow_mL_h is assumed: say how it was chosen"),
        (r"\[parameter.ec50_ng_mL\]", "[parameter.ec60_ng_mL]", "parameters are missing: ec50_ng_mL"),
        (
            r"\[parameter.ec50_ng_mL\]",
            LUCK + "[parameter.ec50_ng_mL]",
            "parameters are unknown: luck",
        ),
    ],
)
def test_a_file_that_cannot_be_is_refused(pattern: str, instead: str, said: str) -> None:
    text, changed = re.subn(pattern, instead, TEXT, count=1)
    assert changed

    with pytest.raises(ValueError, match=said):
        read_parameters(text)


@pytest.mark.parametrize(
    ("count", "seed", "said"),
    [(-1, 0, "count is -1 patients"), (10**7, 0, "count is"), (1, -1, "seed is -1")],
)
def test_a_cohort_that_cannot_be_is_refused(count: int, seed: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw_patients(load_parameters(), count, seed)
