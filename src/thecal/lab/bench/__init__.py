"""The bench: a virtual wand over a virtual pump, for the clinic to run. Imported by its own name."""

from thecal.lab.bench.bench import Bench
from thecal.lab.bench.link import LinkArrangement
from thecal.lab.bench.memory import BenchImageError
from thecal.programmer import LinkLostError

__all__ = ["Bench", "BenchImageError", "LinkArrangement", "LinkLostError"]
