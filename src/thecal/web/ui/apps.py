"""The look, as a Django application: templates and static files, no rows."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Carries the frame of every page."""

    name = "thecal.web.ui"
    label = "ui"
    verbose_name = "Look of every page"
