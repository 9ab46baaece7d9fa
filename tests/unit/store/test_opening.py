"""What a store accepts as its file, and what it says about everything else."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from imbtool.core.errors import DataError, ExitCode, ImbtoolError, OutputError
from imbtool.store import TrialRow, default_place, open_store

ROW = TrialRow("forest", "smote", 0, 0, "ok", "", 0.5, "{}")


def filled(path: Path, rows: int = 1) -> Path:
    store = open_store(path)
    store.record("b", [ROW._replace(fold=i) for i in range(rows)])
    store.close()
    return path


def refusal(path: Path, **how) -> ImbtoolError:
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(ImbtoolError) as caught:
        open_store(path, **how)
    assert caught.value.exit_code is ExitCode.DATA
    assert caught.value.hint
    assert before is None or path.read_bytes() == before
    return caught.value


def change(path: Path, *statements: str) -> Path:
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()
    return path


def test_a_store_is_made_in_wal_mode_and_knows_its_schema(tmp_path) -> None:
    with sqlite3.connect(filled(tmp_path / "s.db")) as db:
        head = [db.execute(f"PRAGMA {n}").fetchone()[0] for n in ("journal_mode", "application_id")]
        version = db.execute("PRAGMA user_version").fetchone()[0]
    db.close()
    assert (head, version) == (["wal", 0x494D4254], 2)


def test_an_empty_file_is_taken_and_what_was_written_is_there_again(tmp_path) -> None:
    path = tmp_path / "s.db"
    path.touch()
    store = open_store(filled(path))
    assert list(store.trials("b")) == [ROW]
    store.close()


@pytest.mark.parametrize("content", [b"age,fraud\n1,0\n", b"x", b"PK\x03\x04" * 200])
def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path, content) -> None:
    path = tmp_path / "claims.csv"
    path.write_bytes(content)
    assert refusal(path).code == "store-foreign"


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path) -> None:
    path = change(tmp_path / "other.db", "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")
    assert refusal(path).code == "store-foreign"
    path = change(tmp_path / "marked.db", "CREATE TABLE t (a)", "PRAGMA application_id = 7")
    assert refusal(path).code == "store-foreign"


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE TRIGGER t AFTER INSERT ON trial BEGIN DELETE FROM trial; END",
        "CREATE VIEW v AS SELECT load_extension('evil')",
        "CREATE INDEX i ON trial (abs(seconds))",
        "ALTER TABLE trial ADD COLUMN more TEXT",
    ],
)
def test_anything_beside_our_tables_is_refused(tmp_path, planted) -> None:
    assert refusal(change(filled(tmp_path / "s.db"), planted)).code == "store-foreign"


def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path) -> None:
    fault = refusal(change(filled(tmp_path / "s.db"), "PRAGMA user_version = 3"))
    assert fault.code == "store-newer"
    assert "version 3" in fault.message
    assert "Upgrade" in fault.hint


@pytest.mark.parametrize("share", [0.0005, 0.3, 0.6, 0.95])
def test_a_truncated_store_is_told_and_left_alone(tmp_path, share) -> None:
    path = filled(tmp_path / "s.db", rows=3000)
    os.truncate(path, int(path.stat().st_size * share))
    assert isinstance(refusal(path), DataError)
    assert refusal(path).code == "store-damaged"


def test_broken_pages_are_told(tmp_path) -> None:
    path = filled(tmp_path / "s.db", rows=3000)
    content = bytearray(path.read_bytes())
    content[5000:9000] = os.urandom(4000)
    path.write_bytes(content)
    assert refusal(path).code == "store-damaged"


def test_a_place_that_cannot_be_is_told_in_the_words_of_the_system(tmp_path) -> None:
    assert "it is a folder" in refusal(tmp_path).message
    assert "there is no folder" in refusal(tmp_path / "nowhere" / "s.db").message
    assert refusal(Path(f"{tmp_path}/a\0b")).code == "store-unusable"
    assert refusal(tmp_path / "none.db", create=False).code == "store-missing"
    assert not (tmp_path / "none.db").exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a file system that nobody can write to")
def test_a_folder_that_cannot_be_written_is_told() -> None:
    fault = refusal(Path("/proc/store.db"))
    assert isinstance(fault, OutputError)
    assert fault.code == "store-unusable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_store_in_a_folder_without_permission_is_told(tmp_path) -> None:
    path = filled(tmp_path / "s.db")
    tmp_path.chmod(0o500)
    try:
        assert "not writable" in refusal(path).message
    finally:
        tmp_path.chmod(0o700)


def test_a_store_that_another_process_keeps_locked_is_told(tmp_path) -> None:
    path = filled(tmp_path / "s.db")
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert refusal(path, patience=0.05).code == "store-busy"
    other.close()


def test_a_full_disk_is_told_and_what_was_written_before_stays(tmp_path) -> None:
    store = open_store(tmp_path / "s.db")
    store.record("b", [ROW])
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OutputError) as caught:
        store.record("b", [ROW._replace(fold=i, result="x" * 9000) for i in range(1, 50)])
    assert caught.value.code == "store-full"
    assert list(store.trials("b")) == [ROW]
    store.close()


def test_several_writers_at_once_lose_nothing(tmp_path) -> None:
    path = tmp_path / "s.db"
    faults: list[BaseException] = []

    def write(repeat: int) -> None:
        try:
            store = open_store(path)
            for fold in range(20):
                store.record("b", [ROW._replace(repeat=repeat, fold=fold)])
            store.close()
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    store = open_store(path)
    assert len(list(store.trials("b"))) == 120
    store.close()


def test_the_usual_place_follows_the_state_folder(monkeypatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere/state")
    assert default_place() == Path("/somewhere/state/imbtool/store.db")
    monkeypatch.delenv("XDG_STATE_HOME")
    assert default_place().is_relative_to(Path.home())
