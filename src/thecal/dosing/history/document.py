"""Read a history from JSON (needs pydantic), and draw the schema of its documents.

Every amount is written with its unit, ``"175 mcg/day"``, and read by ``thecal.quantities``. What is not known
is left out or null; nothing is filled in.

HistoryError (a ValueError)    with every fault: its place, what was written, and what is expected
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from thecal.dosing.history.history import (
    Aim,
    Answers,
    BolusRecord,
    Event,
    EventKind,
    Goal,
    History,
    Limb,
    ProgramPeriod,
    RefillDone,
    Score,
)
from thecal.dosing.patient import Origin, Setting
from thecal.dosing.tables import FactsError
from thecal.quantities import (
    Concentration,
    DoseRate,
    Mass,
    PumpClock,
    QuantityError,
    Volume,
    read_concentration,
    read_dose_rate,
    read_duration,
    read_mass,
    read_number,
    read_time_of_day,
    read_volume,
)
from thecal.therapy import (
    BACLOFEN,
    DoseStep,
    Flex,
    Program,
    Reservoir,
    SimpleContinuous,
    Stopped,
    TherapyError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from thecal.therapy import Base, Capability

FORMAT = 1
"""The format of the documents that this version reads."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of a document.

    Attributes:
        place: where, such as ``scores.0.grade``.
        message: what was written, and what is expected.
    """

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class HistoryError(ValueError):
    """A document that cannot be read as a history; nothing was computed."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Keep every fault."""
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


def _read(read: Callable[..., T]) -> Callable[[object], T]:
    def reads(value: object) -> T:
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is not text; write the amount with its unit, in quotes")  # noqa: TRY004
        return read(value, field="it")

    return reads


def _as_text(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example]})


_Dose = Annotated[DoseRate, BeforeValidator(_read(read_dose_rate)), _as_text("175 mcg/day")]
_Mass = Annotated[Mass, BeforeValidator(_read(read_mass)), _as_text("50 mcg")]
_Volume = Annotated[Volume, BeforeValidator(_read(read_volume)), _as_text("18 mL")]
_Solution = Annotated[Concentration, BeforeValidator(_read(read_concentration)), _as_text("500 mcg/mL")]
_Span = Annotated[timedelta, BeforeValidator(_read(read_duration)), _as_text("6 h")]
_Time = Annotated[time, BeforeValidator(_read(read_time_of_day)), _as_text("07:00")]
_Number = Annotated[Decimal, BeforeValidator(_read(read_number)), _as_text("3")]


class _Part(BaseModel):
    """One part of the document: unknown fields are refused, and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True, frozen=True)


class _Step(_Part):
    start: _Time
    rate: _Dose


class _Program(_Part):
    """One base program: exactly one of its modes."""

    continuous: _Dose | None = None
    flex: list[_Step] | None = None
    stopped: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_mode(self) -> _Program:
        modes = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(modes) != 1:
            raise ValueError(f"has {', '.join(modes) or 'no mode'}; give one of continuous, flex, stopped")
        self.base()
        return self

    def base(self) -> Base:
        if self.continuous is not None:
            return SimpleContinuous(dose=self.continuous)
        if self.flex is not None:
            return Flex.every_day(*(DoseStep(start=step.start, rate=step.rate) for step in self.flex))
        return Stopped()


class _Patient(_Part):
    origin: Annotated[Origin, Field(strict=False)] | None = None
    age_years: _Number | None = None


class _Screening(_Part):
    dose: _Mass | None = None
    lasted: _Span | None = None
    adverse_reaction: bool | None = None


class _Reservoir(_Part):
    content: _Volume
    concentration: _Solution
    filled_at: Annotated[AwareDatetime, Field(strict=False)]


class _Period(_Part):
    program: _Program
    start: Annotated[AwareDatetime, Field(strict=False)]
    end: Annotated[AwareDatetime, Field(strict=False)] | None = None
    delivered: bool = False


class _Bolus(_Part):
    at: Annotated[AwareDatetime, Field(strict=False)]
    dose: _Mass


class _Score(_Part):
    at: Annotated[AwareDatetime, Field(strict=False)]
    scale: str
    limb: Annotated[Limb, Field(strict=False)]
    grade: _Number
    rater: str


class _Refill(_Part):
    at: Annotated[AwareDatetime, Field(strict=False)]
    filled: _Volume
    concentration: _Solution
    drained: _Volume | None = None
    expected: _Volume | None = None


class _Event(_Part):
    at: Annotated[AwareDatetime, Field(strict=False)]
    kind: Annotated[EventKind, Field(strict=False)]
    note: str = ""


class _Goal(_Part):
    wording: str
    aim: Annotated[Aim, Field(strict=False)]
    start: _Time | None = None
    end: _Time | None = None


class _Answers(_Part):
    trigger_looked_for: bool | None = None
    trigger_found: bool | None = None
    pump_checked: bool | None = None
    useful_tone_kept: bool | None = None
    for_overdose: bool = False
    withdrawal_plan: bool | None = None


class _History(_Part):
    """One patient's history for the adviser. Every amount is written with its unit."""

    format: Literal[FORMAT]  # type: ignore[valid-type]
    now: Annotated[AwareDatetime, Field(strict=False)]
    pump: str
    clock_ahead_by: _Span | None = None
    reservoir: _Reservoir
    program: _Program
    patient: _Patient = _Patient()
    setting: Annotated[Setting, Field(strict=False)] | None = None
    programs: list[_Period] = []
    boluses: list[_Bolus] = []
    scores: list[_Score] = []
    refills: list[_Refill] = []
    events: list[_Event] = []
    goals: list[_Goal] = []
    answers: _Answers = _Answers()
    screening: _Screening = _Screening()
    no_drug_for: _Span | None = None
    last_effective_dose: _Dose | None = None


def read_history(document: str | bytes, *, capabilities: Mapping[str, Capability]) -> History:
    """Read a history from a JSON document.

    Args:
        document: JSON in UTF-8.
        capabilities: what each known pump model can do, by its name.

    Raises:
        HistoryError: with every fault that was found.
    """
    try:
        written = _History.model_validate_json(document)
    except ValidationError as error:
        raise HistoryError(tuple(_fault(one) for one in error.errors())) from error
    capability = capabilities.get(written.pump)
    if capability is None:
        known = ", ".join(sorted(capabilities))
        raise HistoryError((Fault(place="pump", message=f"{written.pump!r} is not known; known: {known}"),))
    try:
        return _history(written, capability)
    except (FactsError, TherapyError, QuantityError) as error:
        place, _, rest = str(error).partition(": ")
        raise HistoryError((Fault(place=place, message=rest or place),)) from error


def history_schema() -> dict[str, Any]:
    """Return the JSON schema of the documents (draft 2020-12)."""
    return _History.model_json_schema()


def _fault(error: Any) -> Fault:  # noqa: ANN401 - one of pydantic's records
    place = ".".join(map(str, error["loc"])) or "document"
    written = error.get("input")
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("it: ")
    if error["type"] == "missing":
        message = "is missing"
    elif error["type"] == "extra_forbidden":
        message = "is no field of it"
    elif not isinstance(written, (dict, list)) and repr(written) not in message:
        message = f"{written!r}: {message[:1].lower()}{message[1:]}"
    return Fault(place=place, message=message)


def _program(written: _Program, concentration: Concentration) -> Program:
    return Program(drug=BACLOFEN, concentration=concentration, base=written.base())


def _history(written: _History, capability: Capability) -> History:
    solution = written.reservoir.concentration
    return History(
        now=written.now,
        program=_program(written.program, solution),
        capability=capability,
        reservoir=Reservoir(
            content=written.reservoir.content,
            capacity=capability.reservoir,
            unusable=capability.unusable,
            concentration=solution,
        ),
        filled_at=written.reservoir.filled_at,
        clock=PumpClock(written.clock_ahead_by or timedelta(0)),
        origin=written.patient.origin,
        age_years=written.patient.age_years,
        setting=written.setting,
        programs=tuple(_period(one, solution) for one in written.programs),
        boluses=tuple(BolusRecord(at=one.at, dose=one.dose) for one in written.boluses),
        scores=tuple(Score(**dict(one)) for one in written.scores),
        refills=tuple(RefillDone(**dict(one)) for one in written.refills),
        events=tuple(Event(**dict(one)) for one in written.events),
        goals=tuple(Goal(**dict(one)) for one in written.goals),
        answers=Answers(**dict(written.answers)),
        screening_dose=written.screening.dose,
        screening_lasted=written.screening.lasted,
        screening_adverse=written.screening.adverse_reaction,
        no_drug_for=written.no_drug_for,
        last_effective_dose=written.last_effective_dose,
    )


def _period(written: _Period, solution: Concentration) -> ProgramPeriod:
    return ProgramPeriod(
        program=_program(written.program, solution),
        start=written.start,
        end=written.end,
        delivered=written.delivered,
    )
