"""What the orders write into the ledger."""

from thecal.journal import Kind as JournalKind


class Kind(JournalKind):
    """The kinds of entry that the orders write."""

    KEY_MADE = "key.made"
    SIGNATURE_REFUSED = "signature.refused"
    PRESCRIPTION_SIGNED = "prescription.signed"
    ORDER_WITHDRAWN = "order.withdrawn"
    ORDER_OVERTAKEN = "order.overtaken"
    ORDER_NOT_SENT = "order.not-sent"
    COMMAND_SENT = "command.sent"
    PROGRAM_VERIFIED = "program.verified"
    PROGRAM_UNCHANGED = "program.unchanged"
    PROGRAM_UNCERTAIN = "program.uncertain"
    STOP_ORDERED = "stop.ordered"
    STOP_VERIFIED = "stop.verified"
    STOP_UNVERIFIED = "stop.unverified"
    PUMP_INTERROGATED = "pump.interrogated"
    PUMP_NOT_READ = "pump.not-read"
