from __future__ import annotations

from decimal import Decimal

import pytest

from architecture.repository import ROOT
from builders.pumps import mL
from builders.twin.catalogue import TEXT
from thecal.pump import (
    LEGACY,
    REFERENCE,
    CatalogueError,
    catheter_model,
    check_prime_tubing,
    load_catalogue,
    load_catheters,
    load_models,
    pump_model,
)
from thecal.pump.models import ENGINEERING, DriveKind, Standing, read_catheters, read_models

SYNCHROMED = pump_model("SynchroMed II 20 mL")


def test_the_catalogue_holds_the_pumps_that_were_and_are_and_our_own() -> None:
    assert set(load_models()) == set(load_catalogue())
    assert {model.standing for model in load_models().values()} == set(Standing)
    for family in (
        "SynchroMed II",
        "SynchroMed III",
        "Prometra",
        "Prometra II",
        "MedStream",
        "reference design",
    ):
        small, large = (load_models()[f"{family} {size} mL"] for size in (20, 40))
        differs = {name for name in ENGINEERING if small.engineering.get(name) != large.engineering.get(name)}
        assert differs == ({"mri_dump"} if family == "Prometra" else set())
        assert large.capability.reservoir.mL == 40


@pytest.mark.requirement("ITB-052")
def test_every_engineering_figure_has_a_source_and_the_unverified_say_so() -> None:
    for model in load_models().values():
        assert set(model.engineering) >= set(ENGINEERING) - {"withdrawn_prime_tubing"}
        for name, figure in model.engineering.items():
            assert figure.unit == ENGINEERING[name]
            assert figure.source.split(";")[0]
            assert (name in model.unverified) == figure.source.endswith(("unverified", "assumed"))
    assert "battery" in SYNCHROMED.unverified
    assert "life_days" not in SYNCHROMED.unverified


DECLARED = {"battery_error": "the tolerance of an estimate", "stopped_alarm": "the profiles act by it"}
"""Figures that say what is declared, and move nothing in the twin."""


def test_every_engineering_figure_is_read_by_something_or_only_declared() -> None:
    rooms = [path for path in (ROOT / "src" / "thecal").rglob("*.py") if path.name != "models.py"]
    read = "".join(path.read_text(encoding="utf-8") for path in rooms)
    tubing = {"geometric_tubing", "prime_tubing", "withdrawn_prime_tubing"}  # models.py itself reads them

    unread = {name for name in ENGINEERING if f'"{name}"' not in read} - tubing

    assert unread == set(DECLARED)


def test_the_time_after_which_a_stop_sounds_is_the_same_in_the_catalogue_and_in_the_profiles() -> None:
    for model in load_models().values():
        profile = REFERENCE if model.standing is Standing.OWN else LEGACY
        assert model.number("stopped_alarm") == profile.stopped_alarm_after.total_seconds()


def test_a_valve_pump_counts_actuations_of_two_and_a_half_microlitres() -> None:
    prometra = pump_model("Prometra II 40 mL")

    assert prometra.drive is DriveKind.VALVE
    assert prometra.capability.quantum == mL("0.0025")
    assert prometra.number("mri_dump") == Decimal("0.01")
    assert pump_model("Prometra 20 mL").number("mri_dump") == 20


def test_an_unverified_figure_is_configured_with_the_name_of_who_says_so() -> None:
    ours = SYNCHROMED.with_figure("battery", Decimal(1100), source="the clinic's own measurement")

    assert ours.number("battery") == 1100
    assert ours.engineering["battery"].source.startswith("the clinic's own measurement")
    assert SYNCHROMED.number("battery") == 900
    with pytest.raises(CatalogueError, match="without its source"):
        SYNCHROMED.with_figure("battery", Decimal(1), source=" ")
    with pytest.raises(CatalogueError, match="'beauty' is no figure"):
        SYNCHROMED.with_figure("beauty", Decimal(1), source="nobody")
    with pytest.raises(CatalogueError, match="not a number from 0"):
        SYNCHROMED.with_figure("battery", Decimal(-1), source="nobody")


def test_eighty_centimetres_of_catheter_hold_what_the_arithmetic_says() -> None:
    ascenda = catheter_model("Ascenda 8780")

    assert ascenda.geometric_volume(Decimal(80), SYNCHROMED) == mL("0.316")
    assert ascenda.prime_volume(Decimal(80), SYNCHROMED) == mL("0.316")


@pytest.mark.requirement("ITB-052")
def test_the_volume_that_is_there_and_the_one_to_prime_by_are_kept_apart() -> None:
    wider = SYNCHROMED.with_figure("geometric_tubing", Decimal("0.2"), source="sweep")
    ascenda = catheter_model("8731")

    assert ascenda.geometric_volume(Decimal(80), wider) == mL("0.376")
    assert ascenda.prime_volume(Decimal(80), wider) == mL("0.316")


def test_more_catheter_than_there_is_is_refused() -> None:
    with pytest.raises(CatalogueError, match=r"implanted length: 90 cm .* up to 89 cm"):
        catheter_model("8709").prime_volume(Decimal(90), SYNCHROMED)
    with pytest.raises(CatalogueError, match="implanted length: 0 cm"):
        catheter_model("8709").prime_volume(Decimal(0), SYNCHROMED)


@pytest.mark.requirement("ITB-051", "ITB-052")
def test_a_prime_by_the_withdrawn_volume_is_refused_by_name() -> None:
    check_prime_tubing(SYNCHROMED, mL("0.140"))

    with pytest.raises(CatalogueError, match=r"0\.199 mL is refused .*withdrawn.*TGA RC-2017"):
        check_prime_tubing(SYNCHROMED, mL("0.199"))
    with pytest.raises(CatalogueError, match=r"0\.15 mL is refused .*unknown"):
        check_prime_tubing(SYNCHROMED, mL("0.15"))


def test_an_unknown_model_is_refused_with_those_there_are() -> None:
    with pytest.raises(CatalogueError, match="pump model 'X' is not in the catalogue; known: reference"):
        pump_model("X")
    with pytest.raises(CatalogueError, match=r"catheter model 'X' is not .* known: Ascenda 8780"):
        catheter_model("X")
    assert len(load_catheters()) == 4


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('drive = "rotor"', 'drive = "wheel"', "'wheel' is not a valid DriveKind"),
        ('drive = "rotor"\n', "", "'None' is not a valid DriveKind"),
        ('standing = "history"', 'standing = "lost"', "'lost' is not a valid Standing"),
        ("eri_days = {", "eri_years = {", "missing or unknown figures: eri_days, eri_years"),
        ("value = 90, unit", "value = 90.5, unit", "is not whole"),
        (
            '"Prometra II 20 mL"]\nlike = "Prometra 20 mL"',
            '"Prometra II 20 mL"]\nlike = "Prometra II 20 mL"',
            "Prometra II 20 mL: is like itself",
        ),
    ],
)
def test_a_model_with_a_defect_is_refused_by_name(old: str, new: str, complaint: str) -> None:
    assert old in TEXT

    with pytest.raises(CatalogueError, match=complaint):
        read_models(TEXT.replace(old, new, 1))


def test_a_catheter_with_a_defect_is_refused_by_name() -> None:
    with pytest.raises(CatalogueError, match="missing or unknown figures: bore, geometric_bore"):
        read_catheters(TEXT.replace("geometric_bore =", "bore ="))
    with pytest.raises(CatalogueError, match=r"holds no \[catheter\]"):
        read_catheters("version = 1")
