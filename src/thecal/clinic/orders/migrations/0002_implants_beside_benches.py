"""Make room: an implant beside each bench, plain names for what was signed, a wait as start and length."""

import django.db.models.deletion
from django.db import migrations, models

_PROTECT = django.db.models.deletion.PROTECT


def _implant(related_name: str) -> "models.ForeignKey[models.Model | None, models.Model | None]":
    return models.ForeignKey(
        null=True, on_delete=_PROTECT, related_name=related_name, to="implants.implantrecord"
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("implants", "0001_initial")]

    operations = [
        migrations.AddField(
            "benchrecord",
            "implant",
            models.OneToOneField(
                null=True, on_delete=_PROTECT, related_name="bench", to="implants.implantrecord"
            ),
        ),
        migrations.AddField("prescriptionrecord", "implant", _implant("prescriptions")),
        migrations.AddField("orderrecord", "implant", _implant("orders")),
        migrations.AddField("stoprecord", "implant", _implant("stops")),
        migrations.AddField("sessionrecord", "implant", _implant("reports")),
        migrations.RenameField("prescriptionrecord", "asked", "requested"),
        migrations.RenameField("prescriptionrecord", "given", "programmed"),
        migrations.RenameField("prescriptionrecord", "given_digest", "programmed_digest"),
        migrations.AddField("keyrecord", "waits_from", models.DateTimeField(null=True)),
        migrations.AddField("keyrecord", "wait", models.DurationField(null=True)),
    ]
