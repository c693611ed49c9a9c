"""Who may write and read orders: whoever may act on the implant."""

from __future__ import annotations

from thecal.clinic.implants.access import check

__all__ = ["check"]
