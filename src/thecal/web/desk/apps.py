"""The staff's door, as a Django application: views and templates, no rows."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Carries the bench page and the ledger page."""

    name = "thecal.web.desk"
    label = "desk"
    verbose_name = "Desk"
