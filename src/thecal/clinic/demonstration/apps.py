"""The demonstration as a Django application."""

from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    """Carries the bench."""

    name = "thecal.clinic.demonstration"
    label = "demonstration"
