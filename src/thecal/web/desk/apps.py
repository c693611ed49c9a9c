"""The staff's door, as a Django application: views and templates, no rows."""

from typing import ClassVar

from thecal.web.ui.site import Door, Entry


class DeskConfig(Door):
    """Carries the emergency page, the rulebook and the ledger."""

    name = "thecal.web.desk"
    label = "desk"
    verbose_name = "Desk"

    default = True
    navigation: ClassVar[tuple[Entry, ...]] = (
        Entry(key="emergency", title="Emergency", url="desk:emergency", place=35),
        Entry(key="rulebook", title="Rulebook", url="desk:rulebook", place=40),
        Entry(key="ledger", title="Ledger", url="desk:ledger", place=50),
    )
