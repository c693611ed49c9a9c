"""A dose form: kept as typed, read into a program, or refused with every problem at its field."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.clinic import ACTOR, Clinic, said_and_why
from builders.flex import RUNNING, rates, weeks
from thecal.clinic.demonstration import services
from thecal.clinic.orders import errors
from thecal.clinic.orders.dose_form import DoseForm, form_of
from thecal.clinic.orders.proposal import Proposal, read_proposal
from thecal.pump import capability
from thecal.quantities import DoseRate, Mass, Volume
from thecal.therapy import (
    BACLOFEN,
    DoseStep,
    Flex,
    Program,
    SimpleContinuous,
    SingleBolus,
    Stopped,
    compile_program,
)

PUMP = capability("reference design 20 mL")
USABLE = Volume(mL=Decimal(15))


def proposal(**values: str) -> Proposal:
    form = DoseForm.from_values({"reason": "too stiff", **values})
    return read_proposal(form, running=RUNNING, capability=PUMP, usable=USABLE)


def problems(**values: str) -> dict[str, str]:
    with pytest.raises(errors.ProposalError) as refused:
        proposal(**values)
    assert len({problem.field for problem in refused.value.problems}) == len(refused.value.problems)
    return {problem.field: said_and_why(problem) for problem in refused.value.problems}


@pytest.mark.parametrize("typed", ["125.5", " 125.5 ", "125.5 mcg/day", "125.5 ug/d", "125.50"])
def test_a_daily_dose_is_read_with_or_without_its_unit(typed: str) -> None:
    assert proposal(daily_dose=typed).requested.base == SimpleContinuous(
        dose=DoseRate(ug_per_day=Decimal("125.5"))
    )


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "-5",
        "1e3",
        "1,000",
        ".5",
        "0",
        "200 mg/day",
        "200 mcg",
        "NaN",
        "200 mcg/h",
        "9" * 500,
        "१२०",
    ],
)
def test_what_is_no_daily_dose_is_refused_with_the_range_and_its_source(typed: str) -> None:
    message = problems(mode="simple", daily_dose=typed)["daily_dose"]

    assert message.startswith("daily dose")
    assert "enter " in message
    assert " to " in message
    assert PUMP.source("flow_least") in message


@pytest.mark.parametrize("typed", ["0.01", "99999"])
def test_a_dose_that_the_pump_cannot_deliver_is_refused_at_its_field(typed: str) -> None:
    assert "mcg/day" in problems(daily_dose=typed)["daily_dose"]


def test_what_the_pump_cannot_do_exactly_is_rounded_down_and_shown() -> None:
    found = proposal(daily_dose="123.4567")

    assert isinstance(found.compiled.program.base, SimpleContinuous)
    assert found.compiled.program.base.dose < DoseRate(ug_per_day=Decimal("123.4567"))
    assert [rounding.requested for rounding in found.compiled.roundings] == ["123.4567 mcg/day"]


def test_every_problem_is_reported_at_once() -> None:
    found = problems(daily_dose="much", bolus_dose="5 mL", bolus_minutes="soon", reason="  ")

    assert set(found) == {"daily_dose", "bolus_dose", "bolus_minutes", "reason"}


def flex(*steps: tuple[str, str], group: int = 0) -> dict[str, str]:
    values = {}
    for row, (start, amount) in enumerate(steps):
        values[f"step_{group}_{row}_start"] = start
        values[f"step_{group}_{row}_amount"] = amount
    return values


def test_flex_amounts_are_micrograms_in_the_step_as_a_whole() -> None:
    base = proposal(
        mode="flex", **flex(("00:00", "30"), ("08:00", "40"), ("", ""), ("16:00", "48"))
    ).requested.base

    steps = (
        DoseStep(start=time(0), rate=DoseRate(ug_per_day=Decimal(90))),
        DoseStep(start=time(8), rate=DoseRate(ug_per_day=Decimal(120))),
        DoseStep(start=time(16), rate=DoseRate(ug_per_day=Decimal(144))),
    )
    assert base == Flex.every_day(*steps)


def test_a_weekend_may_differ() -> None:
    groups = {**flex(("00:00", "100")), **flex(("00:00", "120"), group=1)}

    base = proposal(mode="flex", pattern="weekdays and weekend", **groups).requested.base

    assert isinstance(base, Flex)
    assert [day.total_ug() for day in base.days] == [100] * 5 + [120] * 2


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ((), "pattern"),
        ((("01:00", "50"),), "step_0_0_start"),
        ((("00:00", "50"), ("00:00", "50")), "step_0_1_start"),
        ((("00:00", "50"), ("12:00", "50"), ("06:00", "50")), "step_0_2_start"),
        ((("00:00", "50"), ("24:00", "50")), "step_0_1_start"),
        ((("00:00", "50"), ("6am", "50")), "step_0_1_start"),
        ((("00:00", "50"), ("", "50")), "step_0_1_start"),
        ((("00:00", "50"), ("06:00", "")), "step_0_1_amount"),
        ((("00:00", "50"), ("06:00", "50 mL")), "step_0_1_amount"),
        ((("00:00", "50"), ("06:00", "90000")), "step_0_1_amount"),
        ((("00:00", "0"),), ""),
        (tuple((f"{hour:02d}:00", "10") for hour in range(14)), "step_0_13_start"),
    ],
)
def test_a_day_that_cannot_be_is_refused_at_the_field_that_is_wrong(
    steps: tuple[tuple[str, str], ...], field: str
) -> None:
    assert set(problems(mode="flex", **flex(*steps))) == {field}


def test_a_step_of_one_group_of_days_is_refused_at_its_own_field() -> None:
    groups = {**flex(("00:00", "100")), **flex(("00:00", "90000"), group=1)}

    assert set(problems(mode="flex", pattern="weekdays and weekend", **groups)) == {"step_1_0_amount"}


def test_an_unknown_mode_or_pattern_is_refused() -> None:
    assert "allowed: simple, flex" in problems(mode="chaos")["mode"]
    assert "every day" in problems(mode="flex", pattern="leap years")["pattern"]


def test_a_bolus_comes_on_top() -> None:
    once = proposal(daily_dose="120", bolus_dose="25", bolus_minutes="30").compiled.program.once

    assert isinstance(once, SingleBolus)
    assert once.dose <= Mass(ug=Decimal(25))
    assert once.duration.total_seconds() == 1800


@pytest.mark.parametrize(
    ("dose", "minutes", "field"),
    [
        ("25", "", "bolus_minutes"),
        ("", "30", "bolus_dose"),
        ("0", "30", "bolus_dose"),
        ("99999", "360", "bolus_dose"),
        ("25", "0", "bolus_minutes"),
        ("25", "1.5", "bolus_minutes"),
        ("25", "999999999", "bolus_minutes"),
        ("25 mg", "30", "bolus_dose"),
    ],
)
def test_a_bolus_that_cannot_be_is_refused_at_the_field_that_is_wrong(
    dose: str, minutes: str, field: str
) -> None:
    found = problems(daily_dose="120", bolus_dose=dose, bolus_minutes=minutes)

    assert field in found
    assert "enter " in found[field]


def test_a_bolus_larger_than_what_is_left_is_refused() -> None:
    form = DoseForm.from_values(
        {"daily_dose": "120", "bolus_dose": "50", "bolus_minutes": "60", "reason": "x"}
    )

    with pytest.raises(errors.ProposalError, match=r"reservoir: .* needed; allowed: 0 to 0.01 mL") as refused:
        read_proposal(form, running=RUNNING, capability=PUMP, usable=Volume(mL=Decimal("0.01")))

    assert "usable" in refused.value.problems[0].source


def test_the_program_that_runs_already_is_not_signed_again() -> None:
    assert "runs already" in problems(daily_dose="100")[""]


@pytest.mark.parametrize("reason", ["", " \n\t ", "x" * 401, "bell \x07"])
def test_a_reason_is_needed_and_is_text(reason: str) -> None:
    assert set(problems(daily_dose="120", reason=reason)) == {"reason"}


def test_a_reason_in_any_script_is_kept() -> None:
    assert proposal(daily_dose="120", reason="  ज्‍यादा अकड़न\r\n रात में ").reason == "ज्‍यादा अकड़न रात में"


def test_unknown_fields_are_dropped_and_known_ones_kept_as_typed() -> None:
    known = {"daily_dose": " 12O ", "step_0_13_start": "x"}

    form = DoseForm.from_values({**known, "step_9_0_start": "x", "step_0_x_amount": "x", "csrf": "x"})

    assert dict(form.values) == known


def test_a_stopped_pump_leaves_the_dose_to_be_written() -> None:
    stopped = Program(drug=BACLOFEN, concentration=RUNNING.concentration, base=Stopped())

    assert form_of(stopped).text("daily_dose") == ""


@given(base=st.one_of(weeks(), rates.map(lambda dose: SimpleContinuous(dose=dose))))
def test_a_program_shown_as_a_form_and_signed_again_is_the_same_program(
    base: Flex | SimpleContinuous,
) -> None:
    program = compile_program(
        Program(drug=BACLOFEN, concentration=RUNNING.concentration, base=base), PUMP
    ).program
    form = DoseForm.from_values({**dict(form_of(program).values), "reason": "the same again"})
    other = Program(drug=BACLOFEN, concentration=RUNNING.concentration, base=Stopped())

    read = read_proposal(form, running=other, capability=PUMP, usable=USABLE)

    assert read.compiled.program == program


FIELDS = (
    "mode",
    "daily_dose",
    "pattern",
    "bolus_dose",
    "bolus_minutes",
    "reason",
    "step_0_0_start",
    "step_0_0_amount",
)
typed = st.one_of(
    st.text(max_size=20), st.sampled_from(["flex", "simple", "every day", "00:00", "100", "30"])
)


@given(values=st.dictionaries(st.sampled_from(FIELDS), typed))
def test_whatever_is_typed_is_either_a_program_or_refused_at_known_fields(values: dict[str, str]) -> None:
    form = DoseForm.from_values(values)

    try:
        read = read_proposal(form, running=RUNNING, capability=PUMP, usable=USABLE)
    except errors.ProposalError as error:
        refused = error.problems
    else:
        refused = ()
        assert compile_program(read.compiled.program, PUMP).roundings == ()

    assert {problem.field for problem in refused} <= {"", *FIELDS}
    assert all(problem.message for problem in refused)


# --- at the bench ------------------------------------------------------------------------------------


def test_a_preview_shows_what_would_change_and_writes_nothing(clinic: Clinic) -> None:
    before = clinic.kinds

    preview = services.preview(clinic.form(daily_dose="123.4567"), actor=ACTOR)

    assert preview.roundings
    assert any(row.changed for row in preview.comparison)
    assert preview.curves.proposed is not None
    assert preview.refill.refill_by > preview.refill_before.refill_by
    assert clinic.kinds == before


def test_the_page_offers_the_running_program_to_start_from(clinic: Clinic) -> None:
    running = clinic.page.known.interrogation.program

    assert clinic.page.form == form_of(running)


@pytest.mark.requirement("ITB-121")
def test_after_time_has_passed_the_pump_is_read_before_a_dose_is_proposed(clinic: Clinic) -> None:
    clinic.advance()
    assert not clinic.page.fresh
    assert "interrogate" in clinic.page.why_not_propose

    with pytest.raises(errors.InterrogateFirstError):
        services.preview(clinic.form(daily_dose="123"), actor=ACTOR)

    clinic.interrogate()
    assert clinic.page.fresh
    clinic.signed()


@pytest.mark.parametrize("typed", ["06:30 PM", "12:00 AM", "06:30:15", "06:30 ", "6:30", "24:00", "06:300"])
def test_a_step_start_is_read_whole_or_refused(typed: str) -> None:
    rows = {"step_0_0_start": "00:00", "step_0_0_amount": "40", "step_0_1_amount": "60"}
    form = {"mode": "flex", "pattern": "every day", "step_0_1_start": typed, **rows}

    if typed.strip() == "06:30":
        assert (
            proposal(**form).requested.base == proposal(**{**form, "step_0_1_start": "06:30"}).requested.base
        )
    else:
        assert "24-hour clock" in problems(**form)["step_0_1_start"]


@given(st.text(alphabet="0123456789 .", max_size=1200))
def test_no_number_is_read_from_a_part_of_what_was_typed(typed: str) -> None:
    read = whole = None
    try:
        read = proposal(daily_dose=typed).requested.base
    except errors.ProposalError:
        return
    whole = SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(typed.strip())))

    assert read == whole


@pytest.mark.parametrize("blanks", [0, 399, 400, 401, 5000])
def test_a_long_field_is_read_to_its_end(blanks: int) -> None:
    typed = "120" + " " * blanks + "0"

    if blanks:
        assert "daily_dose" in problems(daily_dose=typed)
    else:
        assert proposal(daily_dose=typed).requested.base == SimpleContinuous(
            dose=DoseRate(ug_per_day=Decimal(1200))
        )


def test_no_row_of_a_pattern_is_dropped() -> None:
    form = {"mode": "flex", "pattern": "every day"}
    for row in range(30):
        form |= {f"step_0_{row}_start": f"{row // 2:02}:{row % 2 * 30:02}", f"step_0_{row}_amount": "4"}

    assert "30 steps" in problems(**form)["step_0_13_start"]


@given(st.dictionaries(st.sampled_from(["daily_dose", "reason", "bolus_dose", "step_0_0_start"]), st.text()))
def test_a_form_keeps_every_text_whole(values: dict[str, str]) -> None:
    assert dict(DoseForm.from_values(values).values) == values
