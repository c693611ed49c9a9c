"""Histories of patients, for the adviser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from thecal.dosing.history import Answers, History, Limb, ProgramPeriod, Score
from thecal.dosing.patient import Origin, Setting
from thecal.pump import capability
from thecal.quantities import Concentration, DoseRate, Mass, PumpClock, Volume
from thecal.therapy import BACLOFEN, Program, Reservoir, SimpleContinuous

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOLUTION = Concentration(ug_per_mL=Decimal(500))
PUMP = capability("reference design 20 mL")
ANSWERED = Answers(trigger_looked_for=True, trigger_found=False, pump_checked=True, useful_tone_kept=True)


def continuous(dose: str) -> Program:
    return Program(
        drug=BACLOFEN,
        concentration=SOLUTION,
        base=SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(dose))),
    )


def history(dose: str = "175", **changed: object) -> History:
    """Return an adult with multiple sclerosis, two days after the last change, every question answered."""
    program = continuous(dose)
    usual = History(
        now=NOW,
        program=program,
        capability=PUMP,
        reservoir=Reservoir(
            content=Volume(mL=Decimal(18)),
            capacity=PUMP.reservoir,
            unusable=PUMP.unusable,
            concentration=SOLUTION,
        ),
        filled_at=NOW - timedelta(days=20),
        clock=PumpClock(timedelta(0)),
        origin=Origin.MULTIPLE_SCLEROSIS,
        age_years=Decimal(45),
        setting=Setting.FIRST_TITRATION,
        programs=(ProgramPeriod(program=program, start=NOW - timedelta(days=2)),),
        scores=(
            Score(
                at=NOW - timedelta(hours=1),
                scale="ashworth-1-5",
                limb=Limb.LEGS,
                grade=Decimal(3),
                rater="therapist 1",
            ),
        ),
        answers=ANSWERED,
        screening_dose=Mass(ug=Decimal(50)),
        screening_lasted=timedelta(hours=6),
        screening_adverse=False,
        no_drug_for=timedelta(0),
        last_effective_dose=program.base.dose,
    )
    return replace(usual, **changed)
