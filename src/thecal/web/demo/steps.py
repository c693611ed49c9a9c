"""The rows of a flex pattern on the page: one added, one removed, and never a group of days without any."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from thecal.clinic.orders.dose_form import FLEX, DoseForm

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROW = re.compile(r"step_(\d)_(\d{1,4})_(start|amount)", re.ASCII)


def with_a_row_each(form: DoseForm) -> DoseForm:
    """Give every group of days at least one row: those of the first group, else one that starts at 00:00."""
    values = dict(form.values)
    groups = form.groups
    first = groups[0].rows if groups else ()
    for number, group in enumerate(groups):
        if group.rows:
            continue
        values[f"step_{number}_0_start"], values[f"step_{number}_0_amount"] = "00:00", ""
        for place, row in enumerate(first):
            values[f"step_{number}_{place}_start"] = row.start
            values[f"step_{number}_{place}_amount"] = row.amount
    return DoseForm.from_values(values)


def with_a_row_more(typed: Mapping[str, str], group: str) -> tuple[DoseForm, str]:
    """Add an empty row to a group of days; return the form and the new row's first field."""
    taken = [int(row[2]) for name in typed if (row := _ROW.fullmatch(name)) and row[1] == group]
    place = max(taken, default=-1) + 1
    field = f"step_{group}_{place}_start"
    added = {field: "", f"step_{group}_{place}_amount": ""}
    return with_a_row_each(DoseForm.from_values({**typed, "mode": FLEX, **added})), field


def with_a_row_less(typed: Mapping[str, str], start_field: str) -> DoseForm:
    """Remove the row whose first field is named."""
    gone = {start_field, start_field.replace("_start", "_amount")}
    left = {name: text for name, text in typed.items() if name not in gone}
    return with_a_row_each(DoseForm.from_values({**left, "mode": FLEX}))
