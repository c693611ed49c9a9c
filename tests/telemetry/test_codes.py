from __future__ import annotations

from enum import IntEnum
from itertools import combinations

import pytest

from thecal.telemetry.codes import AlarmCode, MessageCode, Sealing, Truth, Verdict
from thecal.therapy import Alarm

ALL = (MessageCode, Sealing, Verdict, Truth, AlarmCode)


@pytest.mark.parametrize("codes", ALL)
def test_two_meanings_of_one_kind_differ_in_at_least_four_bits(codes: type[IntEnum]) -> None:
    distances = [(one ^ other).bit_count() for one, other in combinations(codes, 2)]

    assert min(distances, default=8) >= 4


@pytest.mark.parametrize("codes", ALL)
def test_a_line_that_is_stuck_low_or_high_means_nothing(codes: type[IntEnum]) -> None:
    size = 2 if codes is AlarmCode else 1

    assert {0x00, 0xFF}.isdisjoint(byte for code in codes for byte in code.to_bytes(size))


def test_a_reply_has_its_requests_code_with_every_bit_flipped() -> None:
    requests = [code for code in MessageCode if not code.name.endswith("_REPLY")]

    assert [MessageCode[f"{code.name}_REPLY"] for code in requests] == [code ^ 0xFF for code in requests]


def test_every_alarm_has_a_code() -> None:
    assert {code.alarm for code in AlarmCode} == set(Alarm)
