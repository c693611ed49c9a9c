"""Everything telemetry can refuse; the type says whose move it is.

TelemetryError
├── LocalProtocolError     our own side requested something illegal: a defect here
└── RemoteProtocolError    the other end sent something illegal: drop the session

Noise is neither: a damaged frame is dropped unread, and its silence is noticed by the deadline.
An error of authentication will be a RemoteProtocolError, when frames are sealed.
"""


class TelemetryError(Exception):
    """Something the radio's grammar refuses."""


class LocalProtocolError(TelemetryError):
    """Our own side requested something illegal."""


class RemoteProtocolError(TelemetryError):
    """The other end sent something illegal."""
