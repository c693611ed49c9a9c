"""A bench image is read whole or refused as one that cannot be read, whatever it holds."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.bench import started
from thecal.lab.bench import Bench, BenchImageError

FIELDS = ("arrangement", "now", "pump", "read", "read_at")


@cache
def whole() -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(started().image().partition(b"\n")[2])
    return fields


def sealed(content: bytes) -> bytes:
    """Return content under a header that fits it."""
    return b"thecal-bench 1 " + hashlib.sha256(b"1\n" + content).hexdigest().encode() + b"\n" + content


def changed(**fields: object) -> bytes:
    return sealed(json.dumps({**whole(), **fields}, sort_keys=True, separators=(",", ":")).encode())


def test_the_answer_cut_short_and_the_pump_of_another_form_are_refused() -> None:
    for image in (changed(read=whole()["read"][:-8]), changed(pump="x")):
        with pytest.raises(BenchImageError, match="complete but invalid"):
            Bench.restore(image)


def test_times_that_do_not_fit_together_are_refused() -> None:
    for field in ("now", "read_at"):
        for moment in ("9999-12-31T23:59:59+00:00", "1999-01-01T00:00:00+00:00", "2026-03-02T09:30:00"):
            with pytest.raises(BenchImageError):
                Bench.restore(changed(**{field: moment}))


def test_a_reading_of_another_pump_is_refused() -> None:
    read = bytes.fromhex(whole()["read"]).replace(b"TRAINING-1", b"TRAINING-2")

    with pytest.raises(BenchImageError, match="pump TRAINING-1, and a reading of TRAINING-2"):
        Bench.restore(changed(read=read.hex()))


@pytest.mark.parametrize("image", [None, "thecal-bench 1", 7])
def test_what_is_not_bytes_is_refused(image: object) -> None:
    with pytest.raises(BenchImageError, match="read from bytes"):
        Bench.restore(image)  # type: ignore[arg-type]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(field=st.sampled_from(FIELDS), value=JSON)
def test_a_field_of_any_other_value_is_refused_as_an_image(field: str, value: object) -> None:
    if value == whole()[field]:
        return

    with pytest.raises(BenchImageError):
        Bench.restore(changed(**{field: value}))


@given(field=st.sampled_from(("read", "pump")), data=st.data())
def test_a_field_cut_or_altered_anywhere_is_read_or_refused(field: str, data: st.DataObject) -> None:
    text = whole()[field]
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("0123456789abcdef"))

    for altered in (text[:place], text[:place] + other + text[place + 1 :]):
        try:
            Bench.restore(changed(**{field: altered}))
        except BenchImageError:
            continue


@given(st.binary(max_size=80))
def test_any_content_under_a_fitting_header_is_refused(content: bytes) -> None:
    with pytest.raises(BenchImageError):
        Bench.restore(sealed(content))
