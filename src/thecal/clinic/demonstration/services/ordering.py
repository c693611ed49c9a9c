"""Propose, sign and withdraw: the orders' own services, for the patient at the bench."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.clinic.demonstration import access
from thecal.clinic.demonstration.bench import case_of, load, one_act_at_a_time
from thecal.clinic.orders import services as orders

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.case import ImplantCase
    from thecal.clinic.orders.dose_form import DoseForm
    from thecal.clinic.people.access import Actor
    from thecal.therapy import CommandId


def preview(form: DoseForm, *, actor: Actor) -> orders.Preview:
    """Work out what a form would come to; raises as ``orders.services.preview``, and ``NoBenchError``."""
    return orders.preview(form, _case(actor), actor=actor)


def sign_prescription(form: DoseForm, *, pin: str, reviewed: str, actor: Actor, now: datetime) -> CommandId:
    """Sign what a form comes to; raises as ``orders.services.sign_prescription``, and ``NoBenchError``."""
    with one_act_at_a_time():
        case = _case(actor)
        return orders.sign_prescription(form, case, pin=pin, reviewed=reviewed, actor=actor, now=now)


def withdraw_order(command: CommandId, *, actor: Actor, now: datetime) -> None:
    """Withdraw a signed order; raises as ``orders.services.withdraw_order``, and ``NoBenchError``."""
    orders.withdraw_order(command, implant=access.bench_row(actor).implant, actor=actor, now=now)


def _case(actor: Actor) -> ImplantCase:
    row = access.bench_row(actor)
    return case_of(row, load(row))
