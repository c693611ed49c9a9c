"""The drug library: products with their limits, approved and signed, and a program checked against it."""

from thecal.dosing.drugs.check import KINDS, check_product, check_program
from thecal.dosing.drugs.library import (
    Bounds,
    Entry,
    Library,
    LibraryError,
    SignedLibrary,
    Use,
    library_bytes,
    open_library,
    sign_library,
)
from thecal.dosing.tables import Calculation

CALCULATIONS = (
    Calculation(
        id="drugs.product",
        title="Product of a refill or a trial",
        formula="concentration = drug / volume of one container, entered twice; it must equal that of "
        "the program; "
        "a screening trial uses {trial_concentration} only",
        sources=("ITB-049, ITB-166: 10 mg / 5 mL and 10 mg / 20 mL look alike",),
    ),
)
"""The calculations of this package."""

__all__ = [
    "CALCULATIONS",
    "KINDS",
    "Bounds",
    "Entry",
    "Library",
    "LibraryError",
    "SignedLibrary",
    "Use",
    "check_product",
    "check_program",
    "library_bytes",
    "open_library",
    "sign_library",
]
