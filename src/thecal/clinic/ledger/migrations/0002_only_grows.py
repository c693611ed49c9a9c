"""The table only grows: the database itself refuses to change or remove an entry, or to add one out of turn."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.utils import NotSupportedError

TRIGGERS = {
    "ledger_refuses_update": """
        BEFORE UPDATE ON ledger_entryrecord
        BEGIN SELECT RAISE(ABORT, 'a ledger entry is never edited; write another entry'); END
    """,
    "ledger_refuses_delete": """
        BEFORE DELETE ON ledger_entryrecord
        BEGIN SELECT RAISE(ABORT, 'a ledger entry is never removed; write another entry'); END
    """,
    # INSERT OR REPLACE removes a row without a DELETE trigger firing; this one fires first.
    "ledger_grows_at_its_end": """
        BEFORE INSERT ON ledger_entryrecord
        WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM ledger_entryrecord)
        BEGIN SELECT RAISE(ABORT, 'a ledger entry is written at the end of the ledger'); END
    """,
}


def make_triggers(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "sqlite":
        raise NotSupportedError(
            f"the ledger's triggers are written for SQLite, not for {schema_editor.connection.vendor}; "
            "without them its entries could be edited, so the table is not made"
        )
    for name, rule in TRIGGERS.items():
        schema_editor.execute(f"CREATE TRIGGER {name} {rule}", params=None)


def drop_triggers(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER {name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunPython(make_triggers, drop_triggers)]
