"""What leaves the tube: a bridge drives the old solution out of it, up to the dead volume that it names."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump.plan import DAY_US
from thecal.quantities import microseconds
from thecal.therapy import Bridge

if TYPE_CHECKING:
    from thecal.pump.memory import Memory
    from thecal.pump.tape import Change


def left_the_tube(memory: Memory, since: int) -> list[Change]:
    """Return what flowed from a moment on (microseconds of life), at the strength at which it left the tube.

    What a bridge drives out is the old solution by volume, whatever moved it: the bridge, a patient's bolus
    meanwhile, or the base program after a bridge that was cut short. A bridge of an earlier program is
    forgotten with it: what it drove out is counted as what came in.
    """
    bridge = memory.program.once
    if not isinstance(bridge, Bridge):
        return memory.tape.since(since)
    begun = microseconds(memory.started - memory.implanted_at)
    left = Fraction(bridge.dead_volume.mL) * DAY_US
    changes = [change for change in memory.tape.since(since) if change[0] < begun]
    own = memory.tape.since(begun)
    ends = [*(at for at, _, _ in own[1:]), microseconds(memory.at - memory.implanted_at)]
    for (at, flow, strength), until in zip(own, ends, strict=False):
        begins = max(at, begun)
        needed = Fraction(flow.mL_per_day) * (until - begins)
        ended = until if needed <= left else begins + int(left / Fraction(flow.mL_per_day))
        left = max(Fraction(0), left - needed)
        changes += [(begins, flow, bridge.old_concentration), (ended, flow, strength)]
    return changes
