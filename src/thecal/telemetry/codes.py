"""The bytes that mean one thing out of few, far apart: any two of one kind differ in at least 4 bits.

All are words of the extended Hamming code (8, 4), as in the Bluetooth Insulin Delivery Service 1.0.1: up
to three flipped bits never turn one meaning into another. A reply's code is its request's, every bit flipped.
"""

from __future__ import annotations

from enum import IntEnum

from thecal.therapy import Alarm


class MessageCode(IntEnum):
    """What a frame holds."""

    INTERROGATE = 0x0F
    INTERROGATE_REPLY = 0xF0
    READ_STATUS = 0x33
    READ_STATUS_REPLY = 0xCC
    SET_PROGRAM = 0x55
    SET_PROGRAM_REPLY = 0xAA
    STOP = 0x5A
    STOP_REPLY = 0xA5


class Sealing(IntEnum):
    """How a frame's payload is sealed. Only the open form is spoken yet."""

    OPEN = 0x0F


class Verdict(IntEnum):
    """Whether the pump did what it was told."""

    ACCEPTED = 0x3C
    REFUSED = 0xC3


class Truth(IntEnum):
    """Yes or no."""

    NO = 0x66
    YES = 0x99


class AlarmCode(IntEnum):
    """What a pump can be alarming about; names as in ``therapy.Alarm``."""

    LOW_RESERVOIR = 0x33
    EMPTY_RESERVOIR = 0x3C
    PUMP_STOPPED = 0x55
    MOTOR_STALL = 0x0F
    OVER_DELIVERY = 0x5A
    UNDER_DELIVERY = 0x66
    REPLACE_SOON = 0x69
    END_OF_SERVICE = 0x96
    PUMP_RESET = 0x99
    MEMORY_ERROR = 0xA5
    TRANSACTION_OPEN = 0xAA
    DOSE_LIMIT = 0xC3
    TEMPERATURE = 0xCC
    SELF_TEST_FAILED = 0xF0

    @property
    def alarm(self) -> Alarm:
        """The alarm of that name."""
        return Alarm[self.name]
