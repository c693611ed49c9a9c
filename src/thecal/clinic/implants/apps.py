"""The implants as a Django application."""

from django.apps import AppConfig


class ImplantsConfig(AppConfig):
    """Carries the implants."""

    name = "thecal.clinic.implants"
    label = "implants"
