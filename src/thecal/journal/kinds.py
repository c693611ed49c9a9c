"""What can have happened: one enum, one grammar, noun.verb-in-the-past."""

from enum import StrEnum


class Kind(StrEnum):
    """The kinds of entry a journal may hold."""

    LEDGER_OPENED = "ledger.opened"
    DEMONSTRATION_STARTED = "demonstration.started"
    DEMONSTRATION_ENDED = "demonstration.ended"
    TIME_ADVANCED = "time.advanced"
    LINK_ARRANGED = "link.arranged"
    KEY_MADE = "key.made"
    SIGNATURE_REFUSED = "signature.refused"
    PRESCRIPTION_SIGNED = "prescription.signed"
    ORDER_WITHDRAWN = "order.withdrawn"
    ORDER_OVERTAKEN = "order.overtaken"
    PUMP_INTERROGATED = "pump.interrogated"
    COMMAND_SENT = "command.sent"
    PROGRAM_VERIFIED = "program.verified"
    PROGRAM_UNCHANGED = "program.unchanged"
    PROGRAM_UNCERTAIN = "program.uncertain"
    STOP_ORDERED = "stop.ordered"
    STOP_VERIFIED = "stop.verified"
    STOP_UNVERIFIED = "stop.unverified"
    RESERVOIR_REFILLED = "reservoir.refilled"
    # What a pump writes into its own log.
    PUMP_IMPLANTED = "pump.implanted"
    PROGRAM_COMMITTED = "program.committed"
    PUMP_STOPPED = "pump.stopped"
    BOLUS_ENDED = "bolus.ended"
    RESERVOIR_RAN_LOW = "reservoir.ran-low"
    RESERVOIR_EMPTIED = "reservoir.emptied"
    COMMAND_REFUSED = "command.refused"
