"""The ledger's one table."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from django.db import models
from django.db.models import Q

from thecal.journal import Entry, canonical


class EntryRecord(models.Model):
    """One sealed entry, each column exactly as the seal covers it.

    Triggers of the database refuse to change or remove a row, and to add one anywhere but at the end.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.CharField(max_length=32)
    actor = models.CharField(max_length=200)
    kind = models.CharField(max_length=64)
    data = models.TextField()
    previous = models.CharField(max_length=64)
    seal = models.CharField(max_length=64, unique=True)

    class Meta:
        """What the database refuses."""

        constraints = (
            models.CheckConstraint(name="ledger_numbered_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="ledger_somebody_did_it", condition=~Q(actor="")),
        )

    def __str__(self) -> str:
        """Name the entry by its place and kind."""
        return f"{self.number} {self.kind}"

    @classmethod
    def of(cls, entry: Entry) -> EntryRecord:
        """Return the row that holds ``entry``."""
        return cls(
            number=entry.number,
            at=written(entry.at),
            actor=entry.actor,
            kind=str(entry.kind),
            data=canonical(dict(entry.data)).decode(),
            previous=entry.previous,
            seal=entry.seal,
        )

    @property
    def entry(self) -> Entry:
        """The entry as the journal speaks of it.

        Raises:
            ValueError: the row holds nothing that was ever written here.
        """
        facts: object = json.loads(self.data)
        if not isinstance(facts, dict) or not all(isinstance(fact, str) for fact in facts.values()):
            raise ValueError(f"its facts are not names with text: {self.data!r}")
        entry = Entry(
            number=self.number,
            at=datetime.fromisoformat(self.at),
            actor=self.actor,
            kind=self.kind,
            data=tuple(sorted(facts.items())),
            previous=self.previous,
        )
        if (self.data, self.at) != (canonical(facts).decode(), written(entry.at)):
            raise ValueError("it is not in the one form that entries are written in")
        return entry


def written(moment: datetime) -> str:
    """Return a moment as entries hold it: UTC, to the microsecond, so that the text sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
