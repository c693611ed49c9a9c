"""Sizes and times of the radio's grammar, each with its reason.

No maker publishes these for an intrathecal pump; all are assumed, and stand here to be changed in one place.
"""

from datetime import UTC, datetime, timedelta

#: Most bytes in a payload. A flex program with 13 steps on each of 7 days takes some 3,000 bytes, an
#: interrogation with it and every limit's source some 8,000; a sealed frame must stay below the 65,535 bytes
#: of a message of the Noise protocol (revision 34, section 3).
PAYLOAD_MOST = 32_768

#: How long the wand waits for a reply. A reply of 8,000 bytes takes 0.6 s at 100 kbit/s, the pump's own work
#: far less; a clinician holding a wand over a pump looks up after some seconds.
REPLY_TIMEOUT = timedelta(seconds=5)

#: How long a frame may take from its first byte to its last. The largest takes 2.6 s at 100 kbit/s; one that
#: takes longer began with noise, and must not swallow the next.
FRAME_TIMEOUT = timedelta(seconds=3)

#: Most requests of one contact that a pump may have missed: a number further ahead is noise or an attack, and
#: must not make every later request look old.
MOST_AHEAD = 64

#: Moments a pump may name. What lies outside is a broken clock or a broken frame.
MOMENT_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
MOMENT_LAST = datetime(2200, 1, 1, tzinfo=UTC)
