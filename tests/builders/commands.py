"""Commands that the tests of every room share: one of each, and strategies of all of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from builders.strategies import printable_ids, programs, written_against
from thecal.quantities import Concentration, DoseRate, Mass, PumpClock, Volume
from thecal.therapy import (
    COMMANDS,
    AlarmSettings,
    ArmRefill,
    CancelBolus,
    Command,
    CompareResidual,
    ConfirmProgram,
    ConfirmRefill,
    GiveClinicianBolus,
    Prime,
    PumpSerial,
    RequestPatientBolus,
    ReviseCatheter,
    SetAlarms,
    SetBolusWhenLow,
    SetClock,
    SetFallback,
    SetProgram,
    StartBridge,
    Stop,
    WriteProgram,
)

_numbers = st.integers(1, 99_999).map(lambda number: Decimal(number).scaleb(-3))
_volumes = _numbers.map(lambda number: Volume(mL=number))
_concentrations = _numbers.map(lambda number: Concentration(ug_per_mL=number))
_seconds = st.integers(1, 3_600).map(lambda seconds: timedelta(seconds=seconds))
_reasons = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(
    lambda text: text.isprintable() and bool(text.strip())
)


def commands() -> st.SearchStrategy[Command]:
    """Draw any command."""
    who = {"id": printable_ids(), "against": written_against()}
    volume_or_none = st.one_of(st.none(), _volumes)
    settings = st.one_of(
        st.builds(AlarmSettings, low=_volumes),
        st.builds(AlarmSettings, critical=_seconds, non_critical=st.one_of(st.none(), _seconds)),
    )
    own = {
        WriteProgram: {"program": programs()},
        SetProgram: {"program": programs()},
        GiveClinicianBolus: {"dose": _numbers.map(lambda number: Mass(ug=number)), "duration": _seconds},
        Prime: {"volume": _volumes, "duration": _seconds},
        StartBridge: {
            "daily_dose": st.just(DoseRate(ug_per_day=Decimal(100))),
            "old_concentration": st.just(Concentration(ug_per_mL=Decimal(500))),
            "dead_volume": st.just(Volume(mL=Decimal("0.3"))),
        },
        SetFallback: {
            "daily_dose": st.one_of(st.none(), _numbers.map(lambda number: DoseRate(ug_per_day=number)))
        },
        ArmRefill: {
            "fill": _volumes,
            "concentration": _concentrations,
            "program": st.one_of(st.none(), programs()),
            "left_behind": volume_or_none,
        },
        ConfirmRefill: {"left_behind": _volumes},
        CompareResidual: {"drained": _volumes},
        ReviseCatheter: {
            "dead_volume": _volumes,
            "contents": st.one_of(st.none(), _concentrations),
            "reason": _reasons,
        },
        SetClock: {"clock": st.timedeltas(-timedelta(hours=23), timedelta(hours=23)).map(PumpClock)},
        SetAlarms: {"settings": settings},
        SetBolusWhenLow: {"allowed": st.booleans()},
    }
    named = {
        Stop: {
            "id": st.text(min_size=0, max_size=300),
            "pump": st.one_of(st.none(), printable_ids().map(PumpSerial)),
            "review_after": st.timedeltas(),
        },
        ConfirmProgram: {"id": printable_ids()},
        RequestPatientBolus: {"id": printable_ids()},
        CancelBolus: {"id": printable_ids(), "target": printable_ids()},
    }
    kinds = [
        st.builds(kind, **(named[kind] if kind in named else {**who, **own.get(kind, {})}))
        for kind in COMMANDS.values()
    ]
    return st.one_of(kinds)
