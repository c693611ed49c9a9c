"""The ledger grows at its end, is never edited, and shows it when somebody did."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from thecal.clinic.ledger import published, queries, services
from thecal.clinic.ledger.errors import LedgerUnreadableError
from thecal.clinic.ledger.models import EntryRecord
from thecal.journal import BrokenChainError

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("data_dir")


def write(count: int = 1) -> None:
    for turn in range(count):
        with transaction.atomic():
            services.append(at=NOW, actor="clinician", kind="time.advanced", data={"turn": str(turn)})


def tamper(data_dir: Path, *statements: str) -> None:
    """Edit the file as somebody with the file would, past Django and past the triggers."""
    connection.close()
    with sqlite3.connect(data_dir / "thecal.sqlite3") as raw:
        for name in ("refuses_update", "refuses_delete", "grows_at_its_end"):
            raw.execute(f"DROP TRIGGER ledger_{name}")
        for statement in statements:
            raw.execute(statement)
    raw.close()


def test_the_first_entry_says_that_the_ledger_was_opened() -> None:
    write()

    assert [line.kind for line in queries.newest()] == ["time.advanced", "ledger.opened"]
    assert queries.verify().count == 2


def test_an_entry_reads_back_as_it_was_written() -> None:
    with transaction.atomic():
        entry = services.append(at=NOW, actor="Dr नमस्ते", kind="link.arranged", data={"b": "2", "a": "é"})

    assert EntryRecord.objects.get(number=entry.number).entry == entry
    assert entry.at == NOW
    assert entry.data == (("a", "é"), ("b", "2"))


def test_an_entry_outside_its_acts_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        services.append(at=NOW, actor="clinician", kind="time.advanced", data={})

    assert not EntryRecord.objects.exists()


def test_an_aborted_act_leaves_no_entry_and_publishes_nothing() -> None:
    write()
    before = published.read_published()

    def act() -> None:
        with transaction.atomic():
            services.append(at=NOW, actor="clinician", kind="time.advanced", data={})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()

    assert queries.verify().count == 2
    assert published.read_published() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entryrecord SET actor = 'nobody' WHERE number = 2",
        "DELETE FROM ledger_entryrecord WHERE number = 2",
        "INSERT OR REPLACE INTO ledger_entryrecord SELECT * FROM ledger_entryrecord WHERE number = 2",
        "INSERT INTO ledger_entryrecord SELECT 9, at, actor, kind, data, seal, 'x' FROM ledger_entryrecord",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry_or_to_slip_one_in(statement: str) -> None:
    write(2)

    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="a ledger entry is"):
        cursor.execute(statement)

    assert queries.verify().count == 3


def test_the_newest_seal_is_published_outside_the_database() -> None:
    write(3)

    assert published.read_published() == (4, queries.summary().seal)
    assert queries.summary().matches_published


EDITS = {
    "actor": "UPDATE ledger_entryrecord SET actor = 'nobody' WHERE number = 3",
    "time": "UPDATE ledger_entryrecord SET at = '2026-03-01T09:31:00.000000+00:00' WHERE number = 3",
    "same time in another form": "UPDATE ledger_entryrecord SET at = '2026-03-01T09:30:00Z' WHERE number = 3",
    "no time at all": "UPDATE ledger_entryrecord SET at = 'yesterday' WHERE number = 3",
    "facts": """UPDATE ledger_entryrecord SET data = '{"turn":"9"}' WHERE number = 3""",
    "facts with a space": """UPDATE ledger_entryrecord SET data = '{"turn": "1"}' WHERE number = 3""",
    "facts that are none": "UPDATE ledger_entryrecord SET data = '[' WHERE number = 3",
    "facts that are numbers": """UPDATE ledger_entryrecord SET data = '{"turn":1}' WHERE number = 3""",
    "bytes in place of text": "UPDATE ledger_entryrecord SET data = x'80ff' WHERE number = 3",
    "text that is not UTF-8": "UPDATE ledger_entryrecord SET data = CAST(x'80ff' AS TEXT) WHERE number = 3",
    "unknown kind": "UPDATE ledger_entryrecord SET kind = 'nothing.happened' WHERE number = 3",
    "seal": "UPDATE ledger_entryrecord SET seal = printf('%064d', 0) WHERE number = 3",
    "previous": "UPDATE ledger_entryrecord SET previous = printf('%064d', 0) WHERE number = 3",
    "removed": "DELETE FROM ledger_entryrecord WHERE number = 3",
    "cut off": "DELETE FROM ledger_entryrecord WHERE number >= 3",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_the_first_entry_that_was_tampered_with_is_named(data_dir: Path, edit: str) -> None:
    write(4)
    tamper(data_dir, edit)

    with pytest.raises(BrokenChainError) as broken:
        queries.verify()

    assert broken.value.number == 3


@pytest.mark.parametrize("added", [0, 1, 2, 5])
def test_a_tail_cut_off_and_grown_anew_is_found(data_dir: Path, added: int) -> None:
    write(4)
    tamper(data_dir, "DELETE FROM ledger_entryrecord WHERE number >= 4")
    for turn in range(added):
        with transaction.atomic():
            services.append(at=NOW, actor="forger", kind="time.advanced", data={"turn": f"x{turn}"})

    with pytest.raises(BrokenChainError):
        queries.verify()

    assert not queries.summary().matches_published


def test_a_ledger_without_its_published_seal_is_not_vouched_for(data_dir: Path) -> None:
    write(2)
    published.seal_file().unlink()

    with pytest.raises(BrokenChainError, match="does not exist"):
        queries.verify()

    published.seal_file().write_text("3 nonsense\n", encoding="ascii")
    with pytest.raises(BrokenChainError, match="does not hold a number and a seal"):
        queries.verify()


def test_a_crash_before_publishing_is_caught_up_with_by_the_next_entry(data_dir: Path) -> None:
    write(2)
    older = published.seal_file().read_bytes()
    write(1)
    published.seal_file().write_bytes(older)

    assert queries.verify().count == 4
    write(1)
    assert published.read_published() == (5, queries.summary().seal)


def test_a_tampered_entry_stops_neither_the_page_nor_the_next_act(data_dir: Path) -> None:
    write(2)
    tamper(data_dir, "UPDATE ledger_entryrecord SET data = '[' WHERE number = 3")

    write(1)

    assert [line.number for line in queries.newest()] == [4, 3, 2, 1]
    assert queries.newest()[1].at is None
    with pytest.raises(BrokenChainError, match="entry 3"):
        queries.verify()


def test_a_seal_that_cannot_be_published_does_not_undo_the_act(data_dir: Path) -> None:
    write(1)
    (data_dir / "ledger.seal").unlink()
    (data_dir / "ledger.seal").mkdir()

    with pytest.raises(LedgerUnreadableError):
        published.publish()
    write(1)

    assert EntryRecord.objects.count() == 3
