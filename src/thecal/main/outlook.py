"""An outlook as plain values and as text: what the patient's own model expects of each option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thecal.lab.advice import Advice, Hours, Outlook, Range, ToneAhead


def outlook_fields(advice: Advice) -> dict[str, Any]:
    """Return what the model expects, for JSON: one entry for each option, in the proposal's order."""
    return {
        "label": advice.label,
        "model": advice.model,
        "seed": advice.seed,
        "population_only": advice.basis.population_only,
        "notes": list(advice.basis.notes),
        "options": [_option(outlook) for outlook in advice.outlooks],
        "teaches_most": [
            {
                "observation": one.what,
                "limb": one.limb.value,
                "hours_after": one.hours,
                "less_variance": one.less,
            }
            for one in advice.lessons
        ],
    }


def write_tone(outlook: Outlook) -> str:
    """Write the score expected at the first visit of each limb, with its band."""
    first: dict[str, ToneAhead] = {}
    for one in outlook.tone:
        first.setdefault(one.limb.value, one)
    return "; ".join(
        f"{limb} {one.score.middle:g} ({one.score.low:g} to {one.score.high:g}) in {one.days} d"
        for limb, one in first.items()
    )


def write_margin(outlook: Outlook) -> str:
    """Write after how many hours of a sudden stop the withdrawal signal crosses its threshold."""
    hours = outlook.withdrawal.signal
    return "not within 5 d" if hours.middle is None else f"{hours.middle:.0f} h ({_hours(hours)})"


def _hours(hours: Hours) -> str:
    low = "longer" if hours.low is None else f"{hours.low:.0f}"
    high = "longer" if hours.high is None else f"{hours.high:.0f}"
    return f"{low} to {high}"


def _option(outlook: Outlook) -> dict[str, Any]:
    return {
        "kind": outlook.option.kind.value,
        "tone": [
            {
                "limb": one.limb.value,
                "days": one.days,
                "at": one.at.isoformat(),
                "true": _range(one.true),
                "gain": _range(one.gain),
                "score": {
                    "scale": one.score.scale,
                    "low": one.score.low,
                    "middle": one.score.middle,
                    "high": one.score.high,
                    "share": one.score.share,
                },
            }
            for one in outlook.tone
        ],
        "goals": [
            {
                "goal": one.goal.wording,
                "limb": one.limb.value,
                "tone": _range(one.tone),
                "gain": _range(one.gain),
                "useful_tone": None if one.useful_tone is None else one.useful_tone.value,
            }
            for one in outlook.goals
        ],
        "no_difference_expected": outlook.no_difference_expected,
        "loses_useful_tone": outlook.loses_useful_tone,
        "sedation_rank": outlook.sedation_rank,
        "withdrawal_hours": {
            "low": outlook.withdrawal.signal.low,
            "middle": outlook.withdrawal.signal.middle,
            "high": outlook.withdrawal.signal.high,
        },
        "volume_mL_per_day": [outlook.supply.lowest_mL_per_day, outlook.supply.highest_mL_per_day],
    }


def _range(band: Range) -> dict[str, float]:
    return {"low": band.low, "middle": band.middle, "high": band.high}
