from __future__ import annotations

import tomllib
from datetime import timedelta
from decimal import Decimal

import pytest

from builders.pumps import mL
from builders.twin.catalogue import TEXT
from thecal.pump import CatalogueError, capability, load_catalogue, load_models, read_catalogue
from thecal.pump.catalogue import UNITS, capability_from_figures, figures_of, inherited


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
    for name, pump in load_catalogue().items():
        assert set(dict(pump.sources)) == set(UNITS)
        known = "assumed" if name.startswith("MedStream") else "commonly quoted, unverified"
        assert pump.source("flow_most").endswith(known)
    assert capability("SynchroMed II 20 mL").source("quantum").endswith("; assumed")
    assert capability("Prometra II 20 mL").source("quantum").endswith("; read in its source")


READ = {
    "SynchroMed II": {
        "reservoir": ("mdtmag 2013",),
        "low_reservoir": ("Neurosurgery",),
        "flex_steps": ("medtronic.com/uk-en",),
        "accuracy": ("TGA RC-2014-RN-00357-1", "ECRI"),
        "prime_tubing": ("TGA RC-2017-RN-00065-1",),
        "withdrawn_prime_tubing": ("TGA RC-2017-RN-00065-1",),
        "gain_sd": ("Wesemann 2014",),
        "deepest_dive": ("Draulans",),
        "pressure_low": ("Kent, Cureus 2025",),
        "pressure_high": ("Kent, Cureus 2025",),
        "eri_days": ("medtronic.com/uk-en",),
        "life_days": ("medtronic.com/uk-en",),
        "non_critical_interval": ("Gillette",),
        "stopped_alarm": ("Gillette",),
        "level_error": ("FSN FA596",),
    },
    "SynchroMed III": {},
    "Prometra": {
        "reservoir": ("Flowonix label",),
        "low_reservoir": ("Prometra PTC guide",),
        "quantum": ("JullianCockerell/IntrathecalTherapyOptimization",),
        "accuracy": ("Flowonix 13827 manual, page 22",),
        "ripple": ("valves have no rollers",),
        "deepest_dive": ("Flowonix brief statement",),
        "deepest": ("Flowonix brief statement",),
        "mri_dump": ("Flowonix 13827 manual",),
    },
    "MedStream": {
        "reservoir": ("medicaldesignandoutsourcing 2013",),
        "low_reservoir": ("medicaldesignandoutsourcing 2013",),
        "accuracy": ("medgadget.com",),
        "ripple": ("medgadget.com",),
        "deepest": ("medgadget.com",),
        "life_days": ("medgadget.com",),
    },
}
"""The figures of each maker's pumps that were read, or derived from such, and what names their source."""


def tables() -> dict[str, dict[str, object]]:
    """Return the models of the shipped catalogue as they are written."""
    return tomllib.loads(TEXT, parse_float=Decimal)["model"]  # type: ignore[no-any-return]  # tomllib's Any


def family_of(name: str) -> str:
    """Return the family that a model of the shipped catalogue belongs to."""
    table = tables()[name]
    return str(table["family"]) if "family" in table else family_of(str(table["like"]))


def rows_of(name: str) -> dict[str, dict[str, str]]:
    """Return every figure of a model as it is read, with what it takes from others."""
    own, under = inherited(name, tables()), inherited(name, tables(), part="engineering")
    given = {**own, **under}
    return {figure: row for figure, row in given.items() if isinstance(row, dict) and "sureness" in row}


@pytest.mark.parametrize("name", load_catalogue())
def test_of_a_makers_pumps_only_what_was_read_about_them_says_that_it_was_read(name: str) -> None:
    family, rows = family_of(name), rows_of(name)
    sure = {figure for figure, row in rows.items() if row["sureness"] in {"V", "V2", "D"}}
    if family == "reference design":
        return

    assert sure <= set(READ[family])
    assert set(READ[family]) - sure <= ({"reservoir", "mri_dump"} if name == "Prometra 40 mL" else set())
    for figure in sure:
        assert any(rows[figure]["source"].find(named) >= 0 for named in READ[family][figure]), figure


@pytest.mark.parametrize("name", load_catalogue())
def test_what_a_model_takes_from_another_family_is_assumed_whatever_it_was_there(name: str) -> None:
    written: dict[str, str] = {}
    here = name
    while True:
        table = tables()[here]
        for figure in (*table, *dict(table.get("engineering", {}))):  # type: ignore[call-overload]
            written.setdefault(figure, here)
        if "like" not in table:
            break
        here = str(table["like"])

    rows = rows_of(name)
    taken = {figure for figure in rows if family_of(written[figure]) != family_of(name)}

    assert all(rows[figure]["sureness"] == "assumed" for figure in taken)
    if name.startswith("SynchroMed III"):
        assert "eri_days" in taken
        assert rows["eri_days"]["source"].startswith("taken over from SynchroMed II 20 mL: medtronic.com")


def test_a_pump_with_a_sensor_has_a_gauge_and_those_that_compute_their_level_have_none() -> None:
    gauges = {name: model.number("level_error") > 0 for name, model in load_models().items()}

    assert {name for name, has in gauges.items() if has} == {
        f"{family} {size} mL" for family in ("reference design", "MedStream") for size in (20, 40)
    }


def test_a_whole_microgram_is_a_whole_number_of_quanta() -> None:
    quantum = capability("reference design 20 mL").quantum.mL

    assert all((1 / Decimal(concentration)) % quantum == 0 for concentration in (500, 1000, 2000))


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
