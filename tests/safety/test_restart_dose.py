"""After a loss of drug the proposal is a restart: the lower of two doses, never the escalated one."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.histories import NOW, continuous, history
from thecal.dosing.history import Event, EventKind, History
from thecal.dosing.limits import Jurisdiction, limits_for
from thecal.dosing.propose import OptionKind, judge_program, propose
from thecal.quantities import DoseRate, Mass

LIMITS = limits_for(Jurisdiction.US)
REVISION = Event(at=NOW - timedelta(hours=1), kind=EventKind.CATHETER_REVISED)
LOSSES = {
    "three days without drug": {"no_drug_for": timedelta(days=3)},
    "a day without drug": {"no_drug_for": timedelta(hours=24)},
    "a revised catheter": {"events": (REVISION,)},
    "a replaced pump": {"events": (replace(REVISION, kind=EventKind.PUMP_REPLACED),)},
}


def _escalated(screening: int, effective: int, **loss: object) -> History:
    """Return a patient whose dose was raised to 600 mcg/day while drug was being lost."""
    return history(
        "600",
        screening_dose=Mass(ug=Decimal(screening)),
        last_effective_dose=DoseRate(ug_per_day=Decimal(effective)),
        **loss,
    )


@pytest.mark.requirement("ITB-165")
@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES.keys())
@given(screening=st.integers(25, 100), effective=st.integers(30, 590))
def test_after_a_loss_the_lower_of_both_doses_is_proposed(
    loss: dict[str, object], screening: int, effective: int
) -> None:
    lost = _escalated(screening, effective, **loss)

    proposal = propose(lost, LIMITS)
    restart = next(option for option in proposal.options if option.kind is OptionKind.RESTART)

    assert [option.kind for option in proposal.options] == [OptionKind.NO_CHANGE, OptionKind.RESTART]
    dose = restart.daily_dose.any_24_hours.highest.ug
    assert min(2 * screening, effective) - 1 < dose <= min(2 * screening, effective)


@pytest.mark.requirement("ITB-165")
@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES.keys())
def test_the_escalated_dose_after_a_loss_is_never_without_a_finding(loss: dict[str, object]) -> None:
    lost = _escalated(50, 400, **loss)

    unchanged = propose(lost, LIMITS).options[0]
    entered = judge_program(lost, continuous("599"), LIMITS)

    for option in (unchanged, entered):
        assert "guard.old-dose-after-a-stop" in {finding.code for finding in option.findings}


@pytest.mark.requirement("ITB-165")
def test_the_hours_after_which_therapy_is_restarted_are_local() -> None:
    paused = _escalated(50, 400, no_drug_for=timedelta(hours=23))

    kinds = {option.kind for option in propose(paused, LIMITS).options}

    assert OptionKind.RESTART not in kinds
    assert LIMITS["restart_after"].write() == "24 h"
