"""How a command starts Django."""

import os

import django

from thecal.main.ending import end
from thecal.main.environment import SettingError


def start_django() -> None:
    """Set Django up with this project's settings; set-up already done is kept.

    Raises:
        Exit: a setting in the environment is not possible.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thecal.main.settings")
    try:
        django.setup()
    except SettingError as error:
        end(str(error))
