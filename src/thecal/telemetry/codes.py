"""The bytes that mean one thing out of few, far apart: any two of one kind differ in at least 4 bits.

All are words of the extended Hamming code (8, 4), as in the Bluetooth Insulin Delivery Service 1.0.1: up
to three flipped bits never turn one meaning into another. A reply's code is its request's, every bit flipped.
There are more alarms than such words of one byte, so an alarm is two of them.
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
    """Whether the pump accepted a command."""

    ACCEPTED = 0x3C
    REFUSED = 0xC3


class Truth(IntEnum):
    """Yes or no."""

    NO = 0x66
    YES = 0x99


class AlarmCode(IntEnum):
    """What a pump can be alarming about; names as in ``therapy.Alarm``. The first word says which sixteen."""

    LOW_RESERVOIR = 0x0F33
    EMPTY_RESERVOIR = 0x0F3C
    PUMP_STOPPED = 0x0F55
    MOTOR_STALL = 0x0F0F
    OVER_DELIVERY = 0x0F5A
    UNDER_DELIVERY = 0x0F66
    REPLACE_SOON = 0x0F69
    END_OF_SERVICE = 0x0F96
    PUMP_RESET = 0x0F99
    MEMORY_ERROR = 0x0FA5
    TRANSACTION_OPEN = 0x0FAA
    DOSE_LIMIT = 0x0FC3
    TEMPERATURE = 0x0FCC
    SELF_TEST_FAILED = 0x0FF0
    OCCLUSION = 0x330F
    UNSTABLE_FLOW = 0x3333
    PROCESSOR_ERROR = 0x333C
    CLOCK_ERROR = 0x3355
    LIBRARY_ERROR = 0x335A
    KEY_STUCK = 0x3366
    PAUSE_LONG = 0x33AA
    LEVEL_DIFFERS = 0x33A5

    @property
    def alarm(self) -> Alarm:
        """The alarm of that name."""
        return Alarm[self.name]
