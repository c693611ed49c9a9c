"""Where the desk's pages are."""

from django.urls import path

from thecal.web.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("ledger", views.ledger, name="ledger"),
    path("emergency", views.emergency, name="emergency"),
    path("emergency/file", views.emergency_file, name="emergency-file"),
    path("rulebook", views.rulebook, name="rulebook"),
]
