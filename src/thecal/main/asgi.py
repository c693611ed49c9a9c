"""The application as an ASGI server runs it."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thecal.main.settings")

application = get_asgi_application()
if settings.SECRET_FAULT:
    raise ImproperlyConfigured(settings.SECRET_FAULT)
