"""Examples of the dose rules."""

from dataclasses import replace
from decimal import Decimal

from builders.rules.example import Example, hours, mcg, mcg_per_day
from thecal.dosing.doses import GuardFacts, Restart, RestartFacts, StartingFacts, TitrationFacts
from thecal.dosing.limits import Jurisdiction
from thecal.dosing.patient import Origin, Setting

_SCREENED = StartingFacts(effective_dose=mcg("50"), effect_lasted=hours(6), adverse_reaction=False)
CALM = TitrationFacts(
    current=mcg_per_day("175"),
    proposed=mcg_per_day("200"),
    origin=Origin.MULTIPLE_SCLEROSIS,
    age_years=Decimal(45),
    setting=Setting.FIRST_TITRATION,
    since_change=hours(48),
    trigger_looked_for=True,
    trigger_found=False,
    pump_checked=True,
    useful_tone_kept=True,
)
"""An increase about which no rule has anything to say."""
_LOST = RestartFacts(
    revised=False,
    interrupted_for=hours(72),
    last_effective_dose=mcg_per_day("400"),
    starting_dose=mcg_per_day("100"),
)

STARTING = (
    Example(
        table="doses.starting",
        row="adverse-reaction",
        facts=replace(_SCREENED, adverse_reaction=True),
        gives=mcg_per_day("50"),
    ),
    Example(
        table="doses.starting",
        row="long-effect",
        facts=replace(_SCREENED, effect_lasted=hours(8)),
        gives=mcg_per_day("50"),
    ),
    Example(
        table="doses.starting",
        row="short-effect",
        facts=replace(_SCREENED, effect_lasted=hours(11)),
        gives=mcg_per_day("100"),
        jurisdiction=Jurisdiction.EU,
    ),
    Example(
        table="doses.starting",
        row="long-effect",
        facts=replace(_SCREENED, effect_lasted=hours(11)),
        gives=mcg_per_day("50"),
        jurisdiction=Jurisdiction.IN,
    ),
)
RESTART = (
    Example(
        table="doses.restart",
        row="short",
        facts=replace(_LOST, interrupted_for=hours(23)),
        gives=Restart(dose=mcg_per_day("400"), in_monitored_bed=False),
    ),
    Example(
        table="doses.restart",
        row="lost",
        facts=_LOST,
        gives=Restart(dose=mcg_per_day("100"), in_monitored_bed=True),
    ),
    Example(
        table="doses.restart",
        row="lost",
        facts=replace(_LOST, revised=True, interrupted_for=hours(0), last_effective_dose=mcg_per_day("80")),
        gives=Restart(dose=mcg_per_day("80"), in_monitored_bed=True),
    ),
)


def _change(row: str, **changed: object) -> Example:
    return Example(table="doses.titration", row=row, facts=replace(CALM, **changed), gives=f"titration.{row}")


TITRATION = (
    _change("no-change-yet", trigger_looked_for=None),
    _change("no-change-yet", trigger_looked_for=False),
    _change("no-change-yet", since_change=None),
    _change("too-soon", since_change=hours(23)),
    _change("step", proposed=mcg_per_day("1750")),
    _change("step", origin=Origin.STROKE, proposed=mcg_per_day("202")),
    _change("step", age_years=Decimal(9), proposed=mcg_per_day("202")),
    _change("step", origin=None, proposed=mcg_per_day("202")),
    _change("high-dose-step", current=mcg_per_day("1001"), proposed=mcg_per_day("1250")),
    _change("trigger-found", trigger_found=True),
    _change("pump-not-checked", pump_checked=False),
    _change("useful-tone", useful_tone_kept=False),
    _change("above-usual-range", current=mcg_per_day("790"), proposed=mcg_per_day("801")),
    _change(
        "above-usual-range", age_years=Decimal(11), current=mcg_per_day("290"), proposed=mcg_per_day("301")
    ),
    _change("fast-decrease", proposed=mcg_per_day("139")),
    _change("decrease-for-overdose", proposed=mcg_per_day("10"), for_overdose=True),
)
_GUARDED = GuardFacts(
    current=mcg_per_day("175"),
    proposed=mcg_per_day("200"),
    next_24_hours=mcg("200"),
    recent_boluses=mcg("0"),
    largest_step=Decimal("0.3"),
    restart_dose=mcg_per_day("100"),
    no_drug_for=hours(0),
)


def _slip(row: str, **changed: object) -> Example:
    return Example(
        table="doses.guardrails", row=row, facts=replace(_GUARDED, **changed), gives=f"guard.{row}"
    )


GUARDRAILS = (
    _slip("many-times-more", proposed=mcg_per_day("525")),
    _slip("many-times-less", proposed=mcg_per_day("58")),
    _slip("next-24-hours", recent_boluses=mcg("28")),
    _slip("old-dose-after-a-stop", no_drug_for=hours(24)),
    _slip("old-dose-after-a-stop", no_drug_for=hours(24), restart_dose=None),
    _slip("old-dose-after-a-stop", is_revised=True),
)
EXAMPLES = (*STARTING, *RESTART, *TITRATION, *GUARDRAILS)
