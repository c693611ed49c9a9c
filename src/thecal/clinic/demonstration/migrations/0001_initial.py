"""Take over the benches, whose table the orders made before the demonstration was an app of its own."""

import django.db.models.deletion
from django.db import migrations, models

_PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    initial = True

    dependencies = [("orders", "0004_orders_without_a_bench"), ("implants", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="BenchRecord",
                    fields=[
                        ("demonstration", models.PositiveIntegerField(primary_key=True, serialize=False)),
                        ("image", models.BinaryField()),
                        ("started_at", models.DateTimeField()),
                        ("saved_at", models.DateTimeField()),
                        ("running", models.BooleanField(default=True)),
                        (
                            "implant",
                            models.OneToOneField(
                                null=True,
                                on_delete=_PROTECT,
                                related_name="bench",
                                to="implants.implantrecord",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "orders_benchrecord",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("running", True)),
                                fields=("running",),
                                name="orders_one_demonstration_runs",
                            )
                        ],
                    },
                )
            ]
        ),
        migrations.RemoveConstraint("benchrecord", "orders_one_demonstration_runs"),
        migrations.AlterModelTable("benchrecord", None),
        migrations.AlterField(
            "benchrecord",
            "implant",
            models.OneToOneField(on_delete=_PROTECT, related_name="bench", to="implants.implantrecord"),
        ),
        migrations.AddConstraint(
            "benchrecord",
            models.UniqueConstraint(
                condition=models.Q(("running", True)),
                fields=("running",),
                name="demonstration_one_runs",
            ),
        ),
    ]
