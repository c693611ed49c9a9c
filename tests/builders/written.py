"""What in a text a nurse could misread."""

from __future__ import annotations

import re

# As characters, as HTML entities and as escapes in scripts.
MU = re.compile("[\N{MICRO SIGN}\N{GREEK SMALL LETTER MU}]|&micro;|&mu;|\\\\u00b5|\\\\u03bc", re.IGNORECASE)


DOSE = r"\s*(?:mcg|mg|microgram)s?\b"


TRAILING_ZERO = re.compile(r"\d+\.\d*0" + DOSE)


NAKED_POINT = re.compile(r"(?<![\d.])\.\d+" + DOSE)


def ill_written(text: str) -> list[str]:
    """Return what in ``text`` a nurse could misread."""
    return [found[0] for pattern in (MU, TRAILING_ZERO, NAKED_POINT) for found in pattern.finditer(text)]
