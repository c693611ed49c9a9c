"""What pages may see of the demonstration; the pump's hidden truth stays in the bench."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.clinic.demonstration import access
from thecal.clinic.demonstration.bench import case_of, load
from thecal.clinic.demonstration.services.controls import ADVANCES
from thecal.clinic.orders import queries as orders
from thecal.lab.bench import LinkArrangement

if TYPE_CHECKING:
    from thecal.clinic.orders.case import ImplantCase
    from thecal.clinic.people.access import Actor
    from thecal.lab.forecast import Curves

__all__ = ["ADVANCES", "BenchPage", "LinkChoice", "case", "curves", "page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChoice:
    """One arrangement of the link, for the training bar."""

    key: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchPage:
    """Everything the bench page shows.

    Attributes:
        demonstration: its number.
        patient_summary: the invented patient, in words.
        links: what the link may be arranged to do.
        therapy: the implant with its orders.
    """

    demonstration: int
    patient_summary: tuple[str, ...]
    links: tuple[LinkChoice, ...]
    therapy: orders.TherapyPage


def page(*, actor: Actor) -> BenchPage:
    """Return what the bench page shows.

    Raises:
        NotPermittedError: a person who may not see it.
        NoBenchError: no demonstration runs.
    """
    row = access.bench_row(actor)
    bench = load(row)
    return BenchPage(
        demonstration=row.demonstration,
        patient_summary=tuple(bench.patient_summary),
        links=tuple(
            LinkChoice(key=link.value, label=link.label, chosen=link is bench.arrangement)
            for link in LinkArrangement
        ),
        therapy=orders.page(case_of(row, bench), actor=actor),
    )


def case(*, actor: Actor) -> ImplantCase:
    """Return the implant at the bench, as last read, for a what-if.

    Raises:
        NotPermittedError: a person who may not see it.
        NoBenchError: no demonstration runs.
    """
    row = access.bench_row(actor)
    return case_of(row, load(row))


def curves(*, actor: Actor) -> tuple[Curves, tuple[orders.DoseEvent, ...]]:
    """Return the curves of the last and the coming week with the changes of the dose; raises as ``case``."""
    found = case(actor=actor)
    return orders.curves(found, actor=actor), orders.events(found, actor=actor)
