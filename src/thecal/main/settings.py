"""Django's settings, read once from the environment; every variable is listed in docs/operate/settings.md.

Importing this writes nothing. Files that the first run makes (database, secret, signing key) are made by
``thecal serve``.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

from thecal.main.environment import (
    read_choice,
    read_folder,
    read_hosts,
    read_secret,
    read_text,
    read_yes_no,
    read_zone,
)
from thecal.main.logs import logging_for

DATA_DIR = read_folder("THECAL_DATA_DIR", "var")
DEBUG = read_yes_no("THECAL_DEBUG", default=False)
ALLOWED_HOSTS = read_hosts("THECAL_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
MODE = read_choice("THECAL_MODE", ("demonstration", "clinic"))
DEMONSTRATION = MODE == "demonstration"
DEMONSTRATION_PIN = read_text("THECAL_DEMONSTRATION_PIN", "2468")

SECRET_FILE = DATA_DIR / "secret"
_SECRET = read_secret("THECAL_SECRET_KEY", SECRET_FILE)
# Whoever serves refuses a secret with a fault. Whoever only imports this (a type checker, a test, a proof of
# the ledger) signs nothing that must outlive the process.
SECRET_FAULT = _SECRET.fault
SECRET_IS_NEW = not _SECRET.text
SECRET_KEY = _SECRET.text or secrets.token_urlsafe(48)

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "thecal.clinic.ledger",
    "thecal.clinic.people",
    "thecal.clinic.implants",
    "thecal.clinic.orders",
    "thecal.web.ui",
    "thecal.web.desk",
]
if DEMONSTRATION:
    INSTALLED_APPS += ["thecal.clinic.demonstration", "thecal.web.demo"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "thecal.main.headers.no_store",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
if DEMONSTRATION:
    MIDDLEWARE += ["thecal.web.demo.acting.DemonstrationClinician", "thecal.web.demo.errors.BenchUnreadable"]
ROOT_URLCONF = "thecal.main.urls"
ASGI_APPLICATION = "thecal.main.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "thecal.web.ui.site.site",
            ]
        },
    }
]

# One writer at a time, from the first statement on: a transaction that reads and then writes never finds the
# database locked half way. FULL, so that a power cut does not lose an act already reported.
DATABASES: dict[str, dict[str, Any]] = {  # Any: Django's own type for it
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "thecal.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA busy_timeout=20000; PRAGMA temp_store=MEMORY;"
            ),
        },
        # A file, not memory: the triggers, the locks and the durability under test are a file's.
        "TEST": {"NAME": Path(tempfile.gettempdir()) / f"thecal-test-{os.getpid()}.sqlite3"},
    }
}
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = read_zone("THECAL_TIME_ZONE", "Asia/Kolkata")
JURISDICTION = read_choice("THECAL_JURISDICTION", ("none", "US", "EU", "JP", "IN"))

STATIC_URL = "static/"
# Served from the packages themselves: there is no collecting step to forget.
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_ALLOW_ALL_ORIGINS = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "thecal.web.ui.errors.csrf_failure"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
# A dose form is a few hundred short fields; anything larger is no form of ours.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 600

LOG = read_choice("THECAL_LOG", ("file", "stderr"))
LOGGING = logging_for(debug=DEBUG)
