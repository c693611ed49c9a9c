"""Thecal: open software for intrathecal baclofen therapy.

Twelve rooms, one per station of the therapy; a room imports only rooms below it
(``docs/house.md``). It is not a certified medical device.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
