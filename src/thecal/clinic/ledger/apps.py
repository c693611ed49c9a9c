"""The ledger as a Django application."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Carries the ledger's rows."""

    name = "thecal.clinic.ledger"
    label = "ledger"
