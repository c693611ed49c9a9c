"""The validation that several tests read, run once."""

from __future__ import annotations

from functools import cache

from thecal.lab.validation import Judged, Row, Use, Validation, Who, validate


@cache
def present() -> Validation:
    """Return what the model says to the shipped rows."""
    return validate()


def row(**changes: object) -> Row:
    """Return a row that is made up: the mean of the patients within 2 to 4."""
    plain: dict[str, object] = {
        "row_id": "X",
        "use": Use.CALIBRATION,
        "what": "a made-up number",
        "observed": (3.0, 3.0),
        "unit": "h",
        "accepted": (2.0, 4.0),
        "spread": "SD 1",
        "judged": Judged.MEAN,
        "source": "nobody",
        "sureness": "assumed",
        "who": Who(),
        "kind": "bolus peak",
        "settings": {},
        "needs": "",
        "assumed": (),
        "miss": "",
    }
    return Row(**{**plain, **changes})
