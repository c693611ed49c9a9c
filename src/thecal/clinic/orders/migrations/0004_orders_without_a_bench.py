"""Let the orders refer to implants alone. The benches' table stays; the demonstration takes it over."""

import django.db.models.deletion
from django.db import migrations, models

_PROTECT = django.db.models.deletion.PROTECT


def _implant(related_name: str) -> "models.ForeignKey[models.Model, models.Model]":
    return models.ForeignKey(on_delete=_PROTECT, related_name=related_name, to="implants.implantrecord")


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_fill_implants")]

    operations = [
        migrations.RemoveConstraint("orderrecord", "orders_one_open_per_bench"),
        migrations.RemoveField("prescriptionrecord", "bench"),
        migrations.RemoveField("orderrecord", "bench"),
        migrations.RemoveField("stoprecord", "bench"),
        migrations.RemoveField("sessionrecord", "bench"),
        migrations.RemoveField("keyrecord", "wait_until"),
        migrations.AlterField("prescriptionrecord", "implant", _implant("prescriptions")),
        migrations.AlterField("orderrecord", "implant", _implant("orders")),
        migrations.AlterField("stoprecord", "implant", _implant("stops")),
        migrations.AlterField("sessionrecord", "implant", _implant("reports")),
        migrations.AddConstraint(
            "orderrecord",
            models.UniqueConstraint(
                name="orders_one_open_per_implant",
                fields=("implant",),
                condition=models.Q(state__in=["signed", "sent", "uncertain"]),
            ),
        ),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("benchrecord")]),
    ]
