"""The session report: what the programmer brings back to the clinic from one contact with a pump.

A report is canonical JSON, as an order is. Form 2 is written. Form 1, which named no session and did not say
what the pump did last and whether it was stopped, is still read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from thecal.journal import canonical
from thecal.quantities import aware
from thecal.therapy.commands import HIGHEST_REVISION
from thecal.therapy.errors import TherapyError
from thecal.therapy.status import CommandId, PumpSerial

REPORT_FORM = 2
OUTCOMES = ("verified", "unchanged", "uncertain")

_FIRST = frozenset({"form", "command", "pump", "outcome", "reason", "revision", "program_digest", "at"})
_NAMES = {1: _FIRST, REPORT_FORM: _FIRST | {"session", "last_command", "stopped"}}
_LONGEST = 64 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReport:
    """What the programmer brings back from the bedside.

    Attributes:
        command: id of the order's command or of the STOP.
        pump: serial number read from the implant, or the one that was meant where none could be read.
        outcome: ``verified``, ``unchanged`` or ``uncertain``.
        reason: in words.
        revision, program_digest: as last read from the pump; None where it could not be read.
        last_command: id of the last command that the pump carried out; None where it could not be read, or
            had carried out none.
        stopped: whether the pump was stopped when it was read; None where it could not be read, and in a
            report of form 1.
        at: when the session ended, aware.
        session: a name that no other session has, so that a report is received once; empty in form 1.
    """

    command: CommandId
    pump: PumpSerial
    outcome: str
    reason: str
    revision: int | None
    program_digest: str | None
    last_command: CommandId | None
    stopped: bool | None
    at: datetime
    session: str = ""

    def __post_init__(self) -> None:
        """Refuse a field that no session has, half a reading, and a success that the reading does not prove.

        Raises:
            TherapyError: the message names the field and its value.
            ValueError: a naive time.
        """
        for name in ("command", "pump", "reason"):
            _check_text(name, getattr(self, name))
        if self.session:
            _check_text("session", self.session)
        _check_moment(self.at)
        if self.outcome not in OUTCOMES:
            raise TherapyError(f"outcome: {self.outcome!r} is none of {', '.join(OUTCOMES)}")
        if self.revision is not None:
            _check_revision(self.revision)
        if self.program_digest is not None and not _DIGEST.fullmatch(self.program_digest):
            raise TherapyError(
                f"program_digest: {self.program_digest!r} is not 64 hexadecimal digits in lower case"
            )
        if (self.revision is None) is not (self.program_digest is None):
            raise TherapyError("a session report has both the revision and the program digest, or neither")
        if not self.is_read and (self.last_command is not None or self.stopped is not None):
            raise TherapyError("a session report without a reading says nothing of the pump's state")
        if self.outcome == "verified" and not self._is_proved:
            raise TherapyError(
                "a session report is verified only by a pump that names its command as the last"
            )

    @property
    def is_read(self) -> bool:
        """Whether the pump could be read at the end of the session."""
        return self.revision is not None

    @property
    def _is_proved(self) -> bool:
        """Whether the pump named this command; a report of form 1 does not say which it named."""
        is_first_form = self.last_command is None and self.stopped is None
        return self.is_read and (is_first_form or self.last_command == self.command)


def report_bytes(report: SessionReport) -> bytes:
    """Return a session report's canonical form."""
    findings = {"session": report.session, "last_command": report.last_command, "stopped": report.stopped}
    return canonical({"form": REPORT_FORM, **_first_parts(report), **findings})


def read_session_report(document: bytes) -> SessionReport:
    """Read a session report.

    Raises:
        TherapyError: the bytes are no session report of a form that is known here, or are not in the one way
            in which it would be written; the message says what is wrong.
    """
    if len(document) > _LONGEST:
        raise TherapyError(f"a session report has at most {_LONGEST} bytes, got {len(document)}")
    try:
        fields: object = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise TherapyError(f"these bytes are not a session report: {error}") from error
    if not isinstance(fields, dict):
        raise TherapyError(f"a session report is a JSON object, got {type(fields).__name__}")
    form = fields.get("form")
    if type(form) is not int or form not in _NAMES:
        raise TherapyError(
            f"session report form {form!r} is not known; this software reads 1 and {REPORT_FORM}"
        )
    if wrong := sorted(_NAMES[form] ^ set(fields)):
        raise TherapyError(f"a session report of form {form} lacks or does not know: {', '.join(wrong)}")
    report = _read(fields)
    if document not in _canonical_forms(report):
        raise TherapyError("a session report in another than its canonical form is refused")
    return report


def _read(fields: dict[str, object]) -> SessionReport:
    last_command, program_digest = (
        _text_or_none(fields, name) for name in ("last_command", "program_digest")
    )
    revision, stopped = fields["revision"], fields.get("stopped")
    if revision is not None and type(revision) is not int:
        raise TherapyError(f"revision: {revision!r} is neither a whole number nor null")
    if stopped is not None and type(stopped) is not bool:
        raise TherapyError(f"stopped: {stopped!r} is neither true, false nor null")
    try:
        at = datetime.fromisoformat(_text(fields, "at"))
    except ValueError as error:
        raise TherapyError(f"at: {fields['at']!r} is no time: {error}") from error
    if at.utcoffset() is None:
        raise TherapyError(f"at: {fields['at']!r} has no time zone")
    return SessionReport(
        command=CommandId(_text(fields, "command")),
        pump=PumpSerial(_text(fields, "pump")),
        outcome=_text(fields, "outcome"),
        reason=_text(fields, "reason"),
        revision=revision,
        program_digest=program_digest,
        last_command=None if last_command is None else CommandId(last_command),
        stopped=stopped,
        at=at,
        session=_text(fields, "session") if "session" in fields else "",
    )


def _text(fields: dict[str, object], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise TherapyError(f"{name}: {value!r} is no text")
    return value


def _check_text(name: str, text: str) -> None:
    if not text.strip():
        raise TherapyError(f"{name}: {text!r} is no text")
    if any("\ud800" <= letter <= "\udfff" for letter in text):  # half a pair, which no document can hold
        raise TherapyError(f"{name}: {text!r} cannot be written")


def _check_revision(revision: int) -> None:
    if not 0 <= revision <= HIGHEST_REVISION:
        raise TherapyError(f"revision: {revision} is not a whole number from 0 to {HIGHEST_REVISION}")


def _check_moment(at: datetime) -> None:
    try:
        aware(at).astimezone(UTC)
    except OverflowError as error:
        raise TherapyError(f"at: {at.isoformat()} is no time: {error}") from error


def _text_or_none(fields: dict[str, object], name: str) -> str | None:
    return None if fields.get(name) is None else _text(fields, name)


def _first_parts(report: SessionReport) -> dict[str, object]:
    return {
        "command": report.command,
        "pump": report.pump,
        "outcome": report.outcome,
        "reason": report.reason,
        "revision": report.revision,
        "program_digest": report.program_digest,
        "at": report.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


def _canonical_forms(report: SessionReport) -> tuple[bytes, ...]:
    forms = (report_bytes(report),)
    if not report.session and report.last_command is None and report.stopped is None:
        return (*forms, canonical({"form": 1, **_first_parts(report)}))
    return forms
