"""Everything the orders can refuse; each message is for the person who prescribes and says what to do.

OrdersError
├── ProposalError             values of the form; carries every problem, by field
├── ProposalChangedError      what would be signed is not what was reviewed
├── BlockedError              something else must come first
│   ├── UncertainOrderError       the last command is not confirmed: interrogate again
│   ├── OpenOrderError            a signed order waits: send it or withdraw it
│   └── InterrogateFirstError     what is known of the pump is older than now
├── WrongStateError           the order is not in the state that this needs, or does not exist
├── ForgedOrderError          what is on record is not what was signed
├── SignatureRefusedError     the PIN is wrong, or too many were
├── ReportRefusedError        a session report that is not about this implant's orders
└── KeyUnavailableError       there is no signing key to unlock
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.dose_form import FieldProblem


class OrdersError(Exception):
    """Something the orders refuse; ``code`` says which refusal it is, and never changes."""

    code = "orders.refused"


class ProposalError(OrdersError):
    """Values of the form; every problem, not the first."""

    code = "orders.proposal-refused"

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class ProposalChangedError(OrdersError):
    """What would be signed is not what was reviewed."""

    code = "orders.proposal-changed"


class BlockedError(OrdersError):
    """Something else must come first."""

    code = "orders.blocked"


class UncertainOrderError(BlockedError):
    """The last command is not confirmed."""

    code = "orders.uncertain"


class OpenOrderError(BlockedError):
    """A signed order waits."""

    code = "orders.open"


class InterrogateFirstError(BlockedError):
    """What is known of the pump is older than now."""

    code = "orders.interrogate-first"


class WrongStateError(OrdersError):
    """The order is not in the state that this needs, or does not exist."""

    code = "orders.wrong-state"


class ForgedOrderError(OrdersError):
    """What is on record is not what was signed."""

    code = "orders.forged"


class SignatureRefusedError(OrdersError):
    """The PIN is wrong, or too many were; ``wait_until`` says when the next may be tried."""

    code = "orders.signature-refused"

    def __init__(self, message: str, *, wait_until: datetime | None) -> None:
        super().__init__(message)
        self.wait_until = wait_until


class KeyUnavailableError(OrdersError):
    """There is no signing key to unlock."""

    code = "orders.key-unavailable"


class ReportRefusedError(OrdersError):
    """A session report that is not about this implant's orders."""

    code = "orders.report-refused"
