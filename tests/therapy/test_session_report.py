from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.therapy import (
    CommandId,
    PumpSerial,
    SessionReport,
    TherapyError,
    read_session_report,
    report_bytes,
)

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
FIRST_FORM = (
    b'{"at":"2026-03-02T06:00:00.000000+00:00","command":"command-1","form":1,"outcome":"uncertain",'
    b'"program_digest":null,"pump":"TH-0001","reason":"could not be read back","revision":null}'
)
DIGEST = "d" * 64
UNREAD = {"revision": None, "program_digest": None, "last_command": None, "stopped": None}


def report(**changes: object) -> SessionReport:
    settings: dict[str, object] = {
        "command": CommandId("command-1"),
        "pump": PumpSerial("TH-0001"),
        "outcome": "uncertain",
        "reason": "could not be read back",
        **UNREAD,
        "at": NOW,
    }
    return SessionReport(**(settings | changes))  # type: ignore[arg-type]


def changed(**changes: object) -> bytes:
    """Return the document of a report with some of its fields changed; ``...`` takes one away."""
    fields = json.loads(
        report_bytes(report(revision=3, program_digest=DIGEST, last_command=None, stopped=False))
    )
    fields = {name: value for name, value in (fields | changes).items() if value is not ...}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


words_of_json = st.sampled_from('{}[]":,0 aform')
words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30).filter(str.strip)
moments = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
)


@st.composite
def reports(draw: st.DrawFn) -> SessionReport:
    outcome, command = draw(st.sampled_from(["verified", "unchanged", "uncertain"])), draw(words)
    reading = {
        "revision": draw(st.integers(0, 2**32 - 1)),
        "program_digest": draw(st.binary(min_size=32, max_size=32)).hex(),
        "last_command": command if outcome == "verified" else draw(st.none() | words),
        "stopped": draw(st.booleans()),
    }
    return report(
        command=command,
        pump=draw(words),
        outcome=outcome,
        reason=draw(words),
        at=draw(moments),
        session=draw(st.just("") | words),
        **(reading if outcome == "verified" or draw(st.booleans()) else UNREAD),
    )


@given(reports())
def test_a_report_that_was_written_is_read_as_it_was(written: SessionReport) -> None:
    assert read_session_report(report_bytes(written)) == written


@given(reports(), st.data())
def test_a_report_of_which_a_byte_changed_is_refused_or_says_so(
    written: SessionReport, data: st.DataObject
) -> None:
    document = bytearray(report_bytes(written))
    place = data.draw(st.integers(0, len(document) - 1))
    document[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != document[place]))

    try:
        read = read_session_report(bytes(document))
    except TherapyError:
        return
    assert read != written


def test_a_report_of_the_first_form_is_still_read() -> None:
    assert read_session_report(FIRST_FORM) == report()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "not a session report"),
        (b"\xff", "not a session report"),
        (b"[" * 10_000, "not a session report"),
        (b"[]", "a JSON object, got list"),
        (changed(form=3), "form 3 is not known"),
        (changed(form=True), "form True is not known"),
        (changed(stopped=...), "does not know: stopped"),
        (changed(session=...), "does not know: session"),
        (changed(session=7), "session: 7 is no text"),
        (changed(session=" "), "session: ' ' is no text"),
        (changed(dose="150"), "does not know: dose"),
        (changed(form=1), "does not know: last_command, session, stopped"),
        (changed(stopped="yes"), "stopped: 'yes' is neither true, false nor null"),
        (changed(stopped=0), "stopped: 0 is neither"),
        (changed(revision="3"), "revision: '3' is neither"),
        (changed(revision=-1), "revision: -1 is not a whole number from 0"),
        (changed(revision=2**32), "revision: 4294967296 is not a whole number from 0 to 4294967295"),
        (changed(program_digest=""), "program_digest: '' is not 64"),
        (changed(program_digest="D" * 64), "program_digest: .* is not 64"),
        (changed(outcome="verified", **UNREAD), "verified only by a pump that names its command"),
        (changed(outcome="verified"), "verified only by a pump that names its command"),
        (changed(outcome="verified", last_command="command-2"), "verified only by a pump"),
        (FIRST_FORM.replace(b"uncertain", b"verified"), "verified only by a pump"),
        (changed(reason="!").replace(b"!", b"\\ud800"), "reason: .* cannot be written"),
        (changed(at="0001-01-01T00:00:00+01:00"), "at: 0001-01-01T00:00:00.01:00 is no time"),
        (changed(revision=None), "both the revision and the program digest"),
        (changed(revision=None, program_digest=None), "says nothing of the pump's state"),
        (changed(command=7), "command: 7 is no text"),
        (changed(pump=" "), "pump: ' ' is no text"),
        (changed(outcome="success"), "none of verified, unchanged, uncertain"),
        (changed(at="yesterday"), "at: 'yesterday' is no time"),
        (changed(at="2026-03-02T06:00:00"), "has no time zone"),
        (changed(at="2026-03-02T06:00:00+00:00"), "another than its canonical form"),
        (report_bytes(report()) + b" ", "another than its canonical form"),
        (b" " * 70_000, "at most 65536 bytes, got 70000"),
    ],
)
def test_bytes_that_are_no_report_are_refused_by_what_is_wrong(document: bytes, said: str) -> None:
    with pytest.raises(TherapyError, match=said):
        read_session_report(document)


@pytest.mark.parametrize("outcome", ["success", "failed", "", "Verified"])
def test_there_are_three_outcomes_and_no_other(outcome: str) -> None:
    with pytest.raises(TherapyError, match="none of verified, unchanged, uncertain"):
        report(outcome=outcome)
    with pytest.raises(ValueError, match="no time zone"):
        report(at=NOW.replace(tzinfo=None))


@pytest.mark.parametrize("name", ["command", "pump", "reason"])
@pytest.mark.parametrize("text", ["", " \n", "\udfff"])
def test_a_report_that_could_not_be_read_again_does_not_come_to_be(name: str, text: str) -> None:
    with pytest.raises(TherapyError, match=f"{name}: "):
        report(**{name: text})


@given(st.binary(max_size=200) | st.text(words_of_json, max_size=60).map(str.encode))
def test_any_bytes_give_a_report_or_a_refusal(document: bytes) -> None:
    with pytest.raises(TherapyError):
        read_session_report(document)
