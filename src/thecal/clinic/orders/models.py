"""Rows of the orders: keys, prescriptions, orders, STOPs and session reports."""

from __future__ import annotations

import json

from django.db import models
from django.db.models import Q

from thecal.clinic.implants.models import ImplantRecord
from thecal.clinic.orders.states import OPEN_ORDERS, OrderState, StopState
from thecal.therapy import Program, Rounding, SignedOrder, program_from_bytes


class KeyRecord(models.Model):
    """A public key that signatures are checked with, and how often in a row its PIN was wrong.

    After wrong PINs the next one waits for ``wait`` from ``waits_from`` on: a start and a length, so that a
    clock that was wrong for a while cannot make a wait of years.
    """

    key_id = models.CharField(max_length=64, primary_key=True)
    public_key = models.BinaryField(max_length=32)
    owner = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    wrong_pins = models.PositiveIntegerField(default=0)
    waits_from = models.DateTimeField(null=True)
    wait = models.DurationField(null=True)

    def __str__(self) -> str:
        """Name the key by its id."""
        return self.key_id


class PrescriptionRecord(models.Model):
    """What was signed: the program as requested, and as the pump can run it. Never edited."""

    implant = models.ForeignKey(ImplantRecord, on_delete=models.PROTECT, related_name="prescriptions")
    patient = models.CharField(max_length=64)
    pump = models.CharField(max_length=64)
    requested = models.BinaryField()
    programmed = models.BinaryField()
    replaces = models.BinaryField()
    programmed_digest = models.CharField(max_length=64)
    roundings = models.TextField()
    findings = models.TextField(default="[]")
    reason = models.TextField()
    prescriber = models.CharField(max_length=200)
    signed_at = models.DateTimeField()

    class Meta:
        """What the database refuses."""

        constraints = (
            models.CheckConstraint(name="orders_a_reason_is_given", condition=~Q(reason="")),
            models.CheckConstraint(name="orders_a_person_prescribes", condition=~Q(prescriber="")),
        )

    def __str__(self) -> str:
        """Name the prescription by the digest of its program."""
        return self.programmed_digest

    @property
    def requested_program(self) -> Program:
        """The program as requested."""
        return program_from_bytes(bytes(self.requested))

    @property
    def programmed_program(self) -> Program:
        """The program as compiled for the pump."""
        return program_from_bytes(bytes(self.programmed))

    @property
    def replaced_program(self) -> Program:
        """The program that the pump was known to run."""
        return program_from_bytes(bytes(self.replaces))

    @property
    def rounding_list(self) -> tuple[Rounding, ...]:
        """What was rounded."""
        return tuple(
            Rounding(what=what, requested=requested, programmed=programmed)
            for what, requested, programmed in json.loads(self.roundings)
        )


class OrderRecord(models.Model):
    """A prescription on its way to the pump: the sealed document, its signature, and what is known of it.

    ``sent_entry`` is the ledger's number of the act of sending: the order in which things happened.
    """

    command = models.CharField(max_length=64, primary_key=True)
    prescription = models.OneToOneField(PrescriptionRecord, on_delete=models.PROTECT)
    implant = models.ForeignKey(ImplantRecord, on_delete=models.PROTECT, related_name="orders")
    document = models.BinaryField()
    signature = models.BinaryField()
    key = models.ForeignKey(KeyRecord, on_delete=models.PROTECT)
    base_revision = models.PositiveBigIntegerField()
    base_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=16, default=OrderState.SIGNED.value)
    reason = models.TextField(blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    sent_entry = models.PositiveBigIntegerField(null=True, unique=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """What the database refuses."""

        constraints = (
            models.CheckConstraint(
                name="orders_state_is_known", condition=Q(state__in=[state.value for state in OrderState])
            ),
            models.UniqueConstraint(
                name="orders_one_open_per_implant",
                fields=("implant",),
                condition=Q(state__in=[state.value for state in OPEN_ORDERS]),
            ),
            models.CheckConstraint(
                name="orders_sent_says_when",
                condition=Q(state__in=[OrderState.SIGNED.value, OrderState.WITHDRAWN.value])
                | Q(sent_at__isnull=False, sent_entry__isnull=False),
            ),
        )

    def __str__(self) -> str:
        """Name the order by its command and state."""
        return f"{self.command} {self.state}"

    @property
    def signed_order(self) -> SignedOrder:
        """The document as it travels."""
        return SignedOrder(
            document=bytes(self.document), signature=bytes(self.signature), key_id=self.key.key_id
        )


class StopRecord(models.Model):
    """One STOP that a person ordered. ``ordered_entry`` is the ledger's number of the act."""

    command = models.CharField(max_length=64, primary_key=True)
    implant = models.ForeignKey(ImplantRecord, on_delete=models.PROTECT, related_name="stops")
    state = models.CharField(max_length=16, default=StopState.ORDERED.value)
    reason = models.TextField(blank=True, default="")
    ordered_at = models.DateTimeField()
    ordered_entry = models.PositiveBigIntegerField(unique=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """What the database refuses."""

        constraints = (
            models.CheckConstraint(
                name="orders_stop_state_is_known",
                condition=Q(state__in=[state.value for state in StopState]),
            ),
        )

    def __str__(self) -> str:
        """Name the STOP by its command and state."""
        return f"{self.command} {self.state}"


class SessionRecord(models.Model):
    """A report that the wand brought back, exactly as it was written; an order or STOP may have several."""

    implant = models.ForeignKey(ImplantRecord, on_delete=models.PROTECT, related_name="reports")
    command = models.CharField(max_length=64, db_index=True)
    outcome = models.CharField(max_length=16)
    at = models.DateTimeField()
    document = models.BinaryField()

    def __str__(self) -> str:
        """Name the report by its command and outcome."""
        return f"{self.command} {self.outcome}"
