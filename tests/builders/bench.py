"""A started bench, an order for it, and its hidden pump: a test's privilege."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from builders.bedside import TRUSTED, Prescriber, dose
from thecal.lab.bench import Bench, LinkArrangement
from thecal.therapy import (
    CommandId,
    Interrogation,
    Order,
    Outcome,
    Program,
    SetProgram,
    SignedOrder,
    WrittenAgainst,
    sign_order,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ORDER, STOP = CommandId("order-1"), CommandId("stop-1")
AFTER = dose("165")


def started(arrangement: LinkArrangement = LinkArrangement.GOOD) -> Bench:
    bench = Bench.start(now=NOW)
    bench.arrange_link(arrangement)
    return bench


def truth(bench: Bench) -> Interrogation:
    """What the pump says when nobody is in the way."""
    aside = Bench.restore(bench.image())
    aside.arrange_link(LinkArrangement.GOOD)
    return aside.interrogate()


def order(bench: Bench, program: Program = AFTER) -> Order:
    """An order written against what is known."""
    read = bench.known.interrogation
    return Order(
        command=SetProgram(id=ORDER, against=WrittenAgainst.of(read.status), program=program),
        patient=bench.patient,
        pump=read.status.serial,
        prescriber="a prescriber",
        reason="spasms at night",
        signed_at=bench.now,
    )


def signed(bench: Bench, **changes: object) -> SignedOrder:
    return sign_order(replace(order(bench), **changes), Prescriber())  # type: ignore[arg-type]


def sent(bench: Bench) -> Outcome:
    return bench.send(signed(bench), TRUSTED)


def settled(bench: Bench, written: Order) -> Outcome:
    return bench.settle(sign_order(written, Prescriber()), TRUSTED)
