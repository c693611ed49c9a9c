"""What can befall a pump, drawn."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from thecal.pump import SIZES, Cause
from thecal.pump.conditions import MORE
from thecal.quantities import DAY, MINUTE

sizes = {
    "degrees C": st.sampled_from(["30", "37.5", "40", "41.5"]),
    "mmHg below sea level": st.sampled_from(["100", "200"]),
    "m of water": st.sampled_from(["5", "20"]),
    "mAh": st.sampled_from(["1", "500"]),
    "V": st.sampled_from(["1.9", "3", "4"]),
    "its number": st.sampled_from(["1", "77"]),
    "number of the bit": st.sampled_from(["3", "900"]),
    "s": st.sampled_from(["-4000", "3600"]),
    "mL shown above what is there": st.sampled_from(["-3", "0.4", "5"]),
    "cm under the skin": st.sampled_from(["2", "4"]),
}


@st.composite
def conditions(draw: st.DrawFn) -> tuple[Cause, timedelta, timedelta, str | None, bool]:
    """Return a cause, when it begins, how long it lasts, its size, and whether it waits to be seen."""
    cause = draw(st.sampled_from(Cause))
    size = None
    if cause in SIZES:
        shares = st.sampled_from(["1.1", "2.5"] if cause in MORE else ["0.6", "0.95"])
        size = draw(sizes.get(SIZES[cause], shares))
    begins = draw(st.timedeltas(timedelta(0), DAY))
    lasts = draw(st.timedeltas(MINUTE, 2 * DAY))
    return cause, begins, lasts, size, draw(st.booleans())
