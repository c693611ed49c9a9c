from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from importlib.resources import files

import pytest

from pump.pumps import mL
from thecal.pump import CatalogueError, capability, load_catalogue, read_catalogue
from thecal.pump.catalogue import UNITS, capability_from_figures, figures_of

TEXT = files("thecal.pump").joinpath("catalogue.toml").read_text(encoding="utf-8")


def test_the_reference_design_is_what_the_catalogue_says() -> None:
    pump = capability("reference design 20 mL")

    assert (pump.reservoir, pump.unusable, pump.low_reservoir) == (mL(20), mL("1.4"), mL(2))
    assert pump.flow_most.mL_per_day == 24
    assert pump.flow_least.mL_per_day == Decimal("0.048")
    assert pump.longest_bolus == timedelta(hours=6)
    assert pump.flex_steps == 13


def test_the_larger_model_differs_by_its_reservoir_alone() -> None:
    small, large = (figures_of(load_catalogue()[f"reference design {size} mL"]) for size in (20, 40))

    assert {name for name in UNITS if small[name] != large[name]} == {"reservoir"}
    assert large["reservoir"] == 40


def test_every_figure_says_who_says_so_and_how_sure_that_is() -> None:
    for pump in load_catalogue().values():
        assert set(dict(pump.sources)) == set(UNITS)
        assert pump.source("flow_most").endswith("commonly quoted, unverified")
    assert capability("SynchroMed II 20 mL").source("quantum").endswith("; assumed")
    assert capability("Prometra II 20 mL").source("quantum").endswith("; read in its source")


def test_a_whole_microgram_is_a_whole_number_of_quanta() -> None:
    quantum = capability("reference design 20 mL").quantum.mL

    assert all((1 / Decimal(strength)) % quantum == 0 for strength in (500, 1000, 2000))


def test_figures_can_be_taken_apart_and_put_together() -> None:
    pump = capability("reference design 40 mL")

    assert capability_from_figures(pump.model, figures_of(pump), dict(pump.sources)) == pump


def test_an_unknown_model_is_refused_with_those_there_are() -> None:
    with pytest.raises(CatalogueError, match="'SynchroMed IX' is not in the catalogue; known: reference"):
        capability("SynchroMed IX")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('unit = "mL/day"', "", "missing or unknown: unit"),
        ('sureness = "M"', "", "missing or unknown: sureness"),
        ('source = "commonly quoted for SynchroMed II"', 'source = " "', "without its source"),
        ('sureness = "M"', 'sureness = "certain"', "sureness 'certain' is none of"),
        ('unit = "mL/day"', 'unit = "L/day"', "the unit is 'L/day'; it is given in mL/day"),
        ("value = 13", 'value = "13"', "'13' is not a number above 0"),
        ("value = 13", "value = 0", "0 is not a number above 0"),
        ("value = 13", "value = true", "True is not a number above 0"),
        ("value = 13", "value = 12.5", "12.5 steps a day is not whole"),
        ("value = 24", "value = nan", "not a number above 0"),
        ("value = 24", "value = 0.01", "no flow lies from its least to its most"),
        (
            '[model."reference design 20 mL".accuracy]',
            '[model."reference design 20 mL".beauty]',
            "accuracy, beauty",
        ),
        ('like = "reference design 20 mL"', 'like = "nothing"', "like nothing: not a table"),
        ("version =", "version", "not TOML"),
    ],
)
def test_a_catalogue_with_a_defect_is_refused_by_name(old: str, new: str, complaint: str) -> None:
    assert old in TEXT

    with pytest.raises(CatalogueError, match=complaint):
        read_catalogue(TEXT.replace(old, new, 1))


def test_a_catalogue_of_nothing_is_refused() -> None:
    with pytest.raises(CatalogueError, match="holds no"):
        read_catalogue("version = 1\n")
