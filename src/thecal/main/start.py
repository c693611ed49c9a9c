"""How a command starts Django."""

import os

import django


def start_django() -> None:
    """Set Django up with this project's settings; set-up already done is kept."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thecal.main.settings")
    django.setup()
