"""The code that a pump runs, as bytes with a checksum, so that a flipped bit can be found (ITB-084).

The bytes stand for a program code and are none: what is modelled is that each bit of them is covered.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_BLOCKS = 64
CODE = b"".join(
    hashlib.sha256(b"reference design, code block %d" % block).digest() for block in range(_BLOCKS)
)
SEAL = hashlib.sha256(CODE).digest()
"""What the code's checksum was when it was written."""
BITS = 8 * len(CODE)


def code_with(flipped: Iterable[int]) -> bytes:
    """Return the code in which some bits are flipped, each by its number, counted round."""
    return _flipped(frozenset(number % BITS for number in flipped))


@lru_cache(maxsize=8)
def _flipped(numbers: frozenset[int]) -> bytes:
    code = bytearray(CODE)
    for number in numbers:
        code[number // 8] ^= 1 << number % 8
    return bytes(code)


@lru_cache(maxsize=8)
def is_whole(code: bytes) -> bool:
    """Say whether a code is the one that was written."""
    return hashlib.sha256(code).digest() == SEAL
