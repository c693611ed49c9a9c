"""Give every bench its implant, every order its implant's, and every wait a start and a length.

Until here the only pumps were those of the demonstration: one serial number, implanted five weeks before the
demonstration began, in one invented patient.
"""

from datetime import timedelta

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_PATIENT = "demonstration"
_SERIAL = "TRAINING-1"
_MODEL = "reference design 20 mL"
_LIVED = timedelta(days=35)
_READINGS = (
    "pump.not-read",
    "pump.interrogated",
    "program.verified",
    "stop.verified",
    "demonstration.started",
)
_FREE_TRIES = 5
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)


def fill_implants(apps: StateApps, _: BaseDatabaseSchemaEditor) -> None:
    """Make an implant of each bench; all but the running one have ended."""
    benches = list(apps.get_model("orders", "BenchRecord").objects.order_by("demonstration"))
    if not benches:
        return
    patients = apps.get_model("people", "PatientRecord").objects
    patient, _ = patients.get_or_create(ref=_PATIENT, defaults={"invented": True})
    entries = apps.get_model("ledger", "EntryRecord").objects
    last = entries.filter(kind__in=_READINGS).order_by("-number").values_list("kind", flat=True).first()
    for bench, following in zip(benches, [*benches[1:], None], strict=True):
        ended = following.started_at if following else bench.saved_at
        implant = apps.get_model("implants", "ImplantRecord").objects.create(
            patient=patient,
            serial=_SERIAL,
            model=_MODEL,
            placed_at=bench.started_at - _LIVED,
            ended_at=None if bench.running else ended,
            last_read_failed=bench.running and last == "pump.not-read",
        )
        bench.implant = implant
        bench.save(update_fields=("implant",))
        for name in ("PrescriptionRecord", "OrderRecord", "StopRecord", "SessionRecord"):
            apps.get_model("orders", name).objects.filter(bench=bench).update(implant=implant)


def fill_waits(apps: StateApps, _: BaseDatabaseSchemaEditor) -> None:
    """Split each deadline after wrong PINs into the start and the length that it came from."""
    for key in apps.get_model("orders", "KeyRecord").objects.filter(wait_until__isnull=False):
        doublings = min(max(key.wrong_pins - _FREE_TRIES, 0), 10)
        key.wait = min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)
        key.waits_from = key.wait_until - key.wait
        key.save(update_fields=("wait", "waits_from"))


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_implants_beside_benches"),
        ("ledger", "0002_only_grows"),
        ("people", "0001_initial"),
    ]

    operations = [migrations.RunPython(fill_implants), migrations.RunPython(fill_waits)]
