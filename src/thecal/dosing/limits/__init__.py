"""The numbers of the rules: value, unit, source and sureness, for each jurisdiction and local policy."""

from thecal.dosing.limits.limits import Limits, Undecided, limits_for
from thecal.dosing.limits.policy import LocalPolicy, PolicyError, PolicyValue
from thecal.dosing.limits.table import Entry, Jurisdiction, Limit, LimitError, entries, limits_version

__all__ = [
    "Entry",
    "Jurisdiction",
    "Limit",
    "LimitError",
    "Limits",
    "LocalPolicy",
    "PolicyError",
    "PolicyValue",
    "Undecided",
    "entries",
    "limits_for",
    "limits_version",
]
