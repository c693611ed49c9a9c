"""What every test shares: how Hypothesis works here."""

import os

from hypothesis import settings

# No deadline: a busy laptop is not a defect. `make test` asks for Hypothesis's own profile "ci", and CI gets
# it unasked: the same examples every time. Elsewhere every run tries new ones.
settings.register_profile("search", deadline=None)
if "CI" not in os.environ:
    settings.load_profile("search")
