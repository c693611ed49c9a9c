"""Ask the model every row's question, and judge the answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from thecal.body import load_parameters
from thecal.lab.validation.experiments.kinds import KINDS
from thecal.lab.validation.judging import judge_patients
from thecal.lab.validation.rows import Use, load_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    import numpy.typing as npt

    from thecal.lab.validation.judging import Range
    from thecal.lab.validation.rows import Row, Table


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A row and what the model says.

    Attributes:
        row: what was published.
        predicted: 5 to 95 % of the drawn patients (a share: itself; every one: lowest and highest); None
            where the model gives no answer.
        middle: the number that is judged; None where there is none.
        ok: whether the middle is within the accepted range; None where a row that is not for testing
            has no answer yet.
        variants: the verdicts on the same row with another choice.
    """

    row: Row
    predicted: Range | None
    middle: float | None
    ok: bool | None
    variants: tuple[Verdict, ...] = ()

    def with_choice(self, choice: str) -> Verdict:
        """Return the verdict on the same row under a choice, by name; itself where that changes nothing."""
        return next((one for one in self.variants if one.row.what == choice), self)


@dataclass(frozen=True)
class Validation:
    """All verdicts on one version of the model, and what was assumed in every one of them."""

    model: str
    assumed: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    def score(self, use: Use = Use.TEST) -> tuple[int, int]:
        """Return how many rows of a use are met, and how many there are; no answer yet is not met."""
        return counted(verdict for verdict in self.verdicts if verdict.row.use is use)

    @property
    def further(self) -> tuple[Verdict, ...]:
        """What is asked beyond calibration and the list kept for testing alone; wiring is none of it."""
        checks = (one for one in self.verdicts if one.row.use is Use.CHECK)
        return tuple(one for one in checks if one.row.kind and not one.row.wiring)

    @property
    def unscored(self) -> tuple[Verdict, ...]:
        """Wiring, and the checks that have no experiment yet."""
        checks = (one for one in self.verdicts if one.row.use is Use.CHECK)
        return tuple(one for one in checks if one.row.wiring or not one.row.kind)

    @property
    def broken(self) -> tuple[Verdict, ...]:
        """The calibration rows out of their spread."""
        return tuple(one for one in self.verdicts if one.row.use is Use.CALIBRATION and one.ok is False)


def counted(verdicts: Iterable[Verdict]) -> tuple[int, int]:
    """Return how many are met, and how many there are; no answer is not met."""
    answers = [one.ok is True for one in verdicts]
    return sum(answers), len(answers)


def validate(table: Table | None = None, progress: Callable[[Row], None] | None = None) -> Validation:
    """Run every row's experiment and judge it.

    Args:
        table: the rows; the shipped ones unless given.
        progress: called with each row before it runs.
    """
    table = load_rows() if table is None else table
    return Validation(load_parameters().version, table.assumed, tuple(_verdicts(table, progress)))


def _verdicts(table: Table, progress: Callable[[Row], None] | None) -> Iterable[Verdict]:
    for row in table.rows:
        if progress is not None:
            progress(row)
        variants = tuple(_verdict(one, table) for one in row.variants)
        yield replace(_verdict(row, table), variants=variants)


def _verdict(row: Row, table: Table) -> Verdict:
    if not row.kind:
        return Verdict(row=row, predicted=None, middle=None, ok=False if row.use is Use.TEST else None)
    return judge(row, KINDS[row.kind](replace(table.cohort, who=row.who), **row.settings))


def judge(row: Row, patients: npt.NDArray[np.float64]) -> Verdict:
    """Compare the patients' numbers with a row."""
    found = judge_patients(patients, row.accepted, row.judged)
    return Verdict(row=row, predicted=found.predicted, middle=found.middle, ok=found.met)
