"""The solver: transfer functions of the body, schedules as matrices, and their product.

The body is linear in drug and a schedule is made of jumps, so nothing is stepped through time: the network
is swept once per node of one shared contour (``ladder``, ``contour``), a schedule becomes a matrix
(``schedule``), and every patient's outputs at every sample are one product (``respond``). NumPy alone is
enough; Numba, where it is installed, does the sweep faster (``speed``).
"""

from thecal.body.engine.check import self_check
from thecal.body.engine.contour import Contour, contour
from thecal.body.engine.drive import Drive
from thecal.body.engine.ladder import Tap, transfer
from thecal.body.engine.respond import InputRoute, respond

__all__ = ["Contour", "Drive", "InputRoute", "Tap", "contour", "respond", "self_check", "transfer"]
