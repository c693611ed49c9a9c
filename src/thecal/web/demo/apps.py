"""The demonstration's door, as a Django application: views and templates, no rows."""

from typing import ClassVar

from thecal.web.ui.site import Door, Entry


class DemoConfig(Door):
    """Carries the bench, the what-ifs and training."""

    name = "thecal.web.demo"
    label = "demo"
    verbose_name = "Demonstration"

    default = True
    navigation: ClassVar[tuple[Entry, ...]] = (
        Entry(key="bench", title="Bench", url="demo:bench", place=10),
        Entry(key="body", title="Body", url="demo:body", place=20),
        Entry(key="training", title="Training", url="demo:accidents", place=90),
    )
    stop_url: ClassVar[str] = "demo:stop"
    stop_whose: ClassVar[str] = "demonstration patient"
    simulated: ClassVar[str] = "Demonstration patient, invented. No implant is connected."
