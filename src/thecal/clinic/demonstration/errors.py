"""What the demonstration can refuse; each message is for the person at the bench and says what to do.

NoBenchError     no demonstration has been started, or its memory cannot be read
LinkLostError    nothing could be read from the pump
"""


class NoBenchError(Exception):
    """No demonstration has been started, or its memory cannot be read."""

    code = "demonstration.no-bench"


class LinkLostError(Exception):
    """Nothing could be read from the pump."""

    code = "demonstration.link-lost"
