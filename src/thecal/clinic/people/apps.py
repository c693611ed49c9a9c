"""The people as a Django application."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Carries users and patients."""

    name = "thecal.clinic.people"
    label = "people"
