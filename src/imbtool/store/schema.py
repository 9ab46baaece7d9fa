"""The tables of the store, and the check that a file holds them and nothing else."""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x494D4254
"""``IMBT``: tells our files from other SQLite files."""

VERSION = 2
"""1 had no hold-outs and looks; such a store gets them when it is opened."""

TABLES = (
    """\
CREATE TABLE basis (
    key TEXT NOT NULL PRIMARY KEY,
    facts TEXT NOT NULL
) WITHOUT ROWID""",
    """\
CREATE TABLE run (
    key TEXT NOT NULL PRIMARY KEY,
    basis TEXT NOT NULL REFERENCES basis (key),
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    settings TEXT NOT NULL,
    request TEXT,
    repeats INTEGER NOT NULL,
    splits INTEGER NOT NULL,
    begun TEXT NOT NULL,
    changed TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'unfinished',
    verdict TEXT NOT NULL DEFAULT '',
    document TEXT
) WITHOUT ROWID""",
    """\
CREATE TABLE line (
    run TEXT NOT NULL REFERENCES run (key),
    learner TEXT NOT NULL,
    recipe TEXT NOT NULL,
    PRIMARY KEY (run, learner, recipe)
) WITHOUT ROWID""",
    """\
CREATE TABLE trial (
    basis TEXT NOT NULL REFERENCES basis (key),
    learner TEXT NOT NULL,
    recipe TEXT NOT NULL,
    repeat INTEGER NOT NULL,
    fold INTEGER NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    seconds REAL NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (basis, learner, recipe, repeat, fold)
) WITHOUT ROWID""",
)

LOOK_TABLES = (
    """\
CREATE TABLE holdout (
    key TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    rows INTEGER NOT NULL,
    columns TEXT NOT NULL,
    guard TEXT
) WITHOUT ROWID""",
    """\
CREATE TABLE look (
    holdout TEXT NOT NULL REFERENCES holdout (key),
    scores TEXT NOT NULL,
    judged TEXT NOT NULL,
    number INTEGER NOT NULL,
    first TEXT NOT NULL,
    plain INTEGER NOT NULL,
    PRIMARY KEY (holdout, scores)
) WITHOUT ROWID""",
)


def pragma(connection: sqlite3.Connection, name: str) -> int:
    """Return a number that SQLite keeps in the head of the file."""
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def objects(connection: sqlite3.Connection) -> set[tuple[str, ...]]:
    """Return type, name, table and text of everything in the file but what SQLite adds by itself."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {tuple(map(str, row)) for row in rows}


def is_ours(connection: sqlite3.Connection, version: int = VERSION) -> bool:
    """Whether the file holds our tables and nothing beside them: no trigger, view or expression index."""
    with sqlite3.connect(":memory:") as model:
        create(model, version)
        wanted = objects(model)
    model.close()
    return objects(connection) == wanted


def create(connection: sqlite3.Connection, version: int = VERSION) -> None:
    """Make the tables of a version in an empty file, inside the caller's transaction."""
    for table in (*TABLES, *(LOOK_TABLES if version > 1 else ())):
        connection.execute(table)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version}")


def upgrade(connection: sqlite3.Connection) -> None:
    """Add what an older version lacks, inside the caller's transaction; what is there stays."""
    if pragma(connection, "user_version") < VERSION:
        for table in LOOK_TABLES:
            connection.execute(table)
    connection.execute(f"PRAGMA user_version = {VERSION}")
