"""The orders as a Django application."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Carries the orders' rows."""

    name = "thecal.clinic.orders"
    label = "orders"
