"""Where the demonstration's pages are."""

from django.urls import path

from thecal.web.demo import training, views
from thecal.web.demo.whatif import views as whatif

app_name = "demo"
urlpatterns = [
    path("", views.bench, name="bench"),
    path("stop", views.stop, name="stop"),
    path("interrogate", views.interrogate, name="interrogate"),
    path("preview", views.preview, name="preview"),
    path("option", views.option, name="option"),
    path("steps", views.steps, name="steps"),
    path("sign", views.sign, name="sign"),
    path("orders/<str:command>/send", views.send, name="send"),
    path("orders/<str:command>/withdraw", views.withdraw, name="withdraw"),
    path("orders/<str:command>/settle", views.settle, name="settle"),
    path("curves", views.curves, name="curves"),
    path("body", whatif.spinal_map, name="body"),
    path("body/oral", whatif.oral, name="body-oral"),
    path("body/catheter", whatif.catheter, name="body-catheter"),
    path("body/concentration", whatif.concentration, name="body-concentration"),
    path("body/expected", whatif.expected, name="body-expected"),
    path("training/accidents", training.accidents, name="accidents"),
    path("training/accidents/<slug:name>", training.accident, name="accident"),
    path("training/alarms", training.alarms, name="alarms"),
    path("training/advance", views.advance, name="advance"),
    path("training/link", views.arrange_link, name="link"),
    path("training/start-over", views.start_over, name="start-over"),
]
