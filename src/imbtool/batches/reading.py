"""Reading a suite: every fault in it is told in one error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbtool.batches.fields import DEFAULTS, ELSEWHERE, ENTRY, OWN, READING, SHARED, faults_of, normal
from imbtool.batches.lines import lines_of
from imbtool.batches.sources import Source, longer, sources_of
from imbtool.batches.suite import Entry, Suite
from imbtool.core.settings import key_of, read_toml, refuse, unknown
from imbtool.evaluation.options import Options

if TYPE_CHECKING:
    from os import PathLike

    from imbtool.batches.fields import Kind

HINT = "docs/batch.md describes every setting of a suite."
_TOP = ("name", "defaults", "data")
_PASSED = (*READING, *(name for name in OWN if name not in ("seed", "seeds", "tags")))


def read_suite(
    source: str | PathLike[str] | Mapping[str, Any],
    *,
    over: Mapping[str, Any] | None = None,
    under: Mapping[str, Any] | None = None,
) -> Suite:
    """Read and check a suite.

    Parameters
    ----------
    source : path or mapping
        A TOML file, or what would stand in it; paths are relative to the folder of the file, or to the
        current one.
    over, under : mapping, optional
        Settings that win over those of the suite, and that stand in where it has none.

    Raises
    ------
    ConfigError
        ``config-values`` lists every fault with its line and setting; ``config-unreadable``,
        ``config-syntax``.
    """
    if isinstance(source, Mapping):
        reader = _Reader(source, "", None)
    else:
        path = Path(source)
        text, document = read_toml(path, what="suite", hint="Give the path of a TOML file.")
        reader = _Reader(document, text, path)
    suite = reader.suite(over or {}, under or {})
    refuse(reader.path or "The suite", reader.faults, hint=HINT)
    return suite


class _Reader:
    """Collects the faults of a suite while it is read."""

    def __init__(self, document: Mapping[str, Any], text: str, path: Path | None) -> None:
        self.document, self.path = document, path
        self.base = path.parent if path else Path()
        self.faults: list[str] = []
        tables = document.get("data", [])
        self.tables: list[Any] = list(tables) if isinstance(tables, (list, tuple)) else [tables]
        self.lines = lines_of(text, len(self.tables))

    def fault(self, table: str, name: str, text: str) -> None:
        """Note what is wrong with a setting, with its line where that is known."""
        line = self.lines.get((table, name)) or self.lines.get((table, ""))
        place = f"line {line}: " if line else ""
        setting = ".".join(part for part in (table, name) if part)
        self.faults.append(f"{place}`{setting}`: {text}" if setting else f"{place}{text}")

    def suite(self, over: Mapping[str, Any], under: Mapping[str, Any]) -> Suite:
        """Return the suite; what is wrong with it stands in `faults`."""
        self._unknown("", self.document, _TOP)
        given = self.document.get("defaults", {})
        defaults = dict(under) | self._checked("defaults", given, DEFAULTS, SHARED)
        entries = [
            e for i, table in enumerate(self.tables) for e in self._entries(i + 1, table, defaults, over)
        ]
        if not self.tables:
            self.fault("", "data", "a suite needs data sets, each written [[data]] with a path.")
        entries = self._once(entries)
        self._learners([entry for entry, _ in entries])
        shared = {name: (defaults | dict(over))[name] for name in SHARED if name in defaults or name in over}
        title = self.document.get("name", self.path.stem if self.path else "suite")
        if not isinstance(title, str):
            self.fault("", "name", f"must be a text in quotes; got {title!r}.")
        if self.faults:
            shared = {}
        options = Options(**shared).checked()
        measure: dict[str, Any] = {name: getattr(options, name) for name in SHARED}
        measured = (replace(e, arguments={**e.arguments, **measure}) for e, _ in entries)
        return Suite(name=str(title), path=self.path, entries=tuple(measured), **measure)

    def _unknown(
        self, table: str, names: Mapping[str, Any], known: Mapping[str, Any] | tuple[str, ...]
    ) -> None:
        for name in names:
            key = key_of(name)
            if key in known:
                continue
            if key in ELSEWHERE:
                self.fault(table, name, f"does not belong to a suite: {ELSEWHERE[key]}.")
            elif not table and key in DEFAULTS:
                self.fault(table, name, "is no setting of its own; write it under [defaults].")
            elif table.startswith("data") and key in SHARED:
                self.fault(table, name, "is one for the whole suite; write it under [defaults].")
            else:
                told = unknown([name], known)[0].partition("` ")[2]
                self.fault(table, name, told)

    def _checked(
        self, table: str, given: Any, known: Mapping[str, Kind], shared: Mapping[str, Kind] | None = None
    ) -> dict[str, Any]:
        """Return the settings of a table that can be used."""
        if not isinstance(given, Mapping):
            written = "[defaults]" if shared else "[[data]]"
            self.fault(table, "", f"must be a table, written {written}; got {given!r}.")
            return {}
        self._unknown(table, given, known)
        found: dict[str, Any] = {}
        for name, value in given.items():
            key = key_of(name)
            if key not in known:
                continue
            told = faults_of(key, value, known[key])
            for text in told:
                self.fault(table, name, text)
            if not told:
                found[key] = normal(key, value, known[key])
        if {"seed", "seeds"} <= found.keys():
            self.fault(table, "seeds", "stands beside `seed`; give one of them.")
        return found

    def _entries(
        self, number: int, table: Any, defaults: Mapping[str, Any], over: Mapping[str, Any]
    ) -> list[tuple[Entry, Source]]:
        """Return the data sets of one ``[[data]]``; a pattern may give several."""
        label = f"data[{number}]"
        own = self._checked(label, table, ENTRY)
        if not isinstance(table, Mapping):
            return []
        if "path" not in own:
            if "path" not in table:
                self.fault(label, "path", "is missing: a file, a pattern such as data/*.csv, or a data set.")
            return []
        sources, told = sources_of(own["path"], self.base)
        if told:
            self.fault(label, "path", told)
        if "name" in own and len(sources) > 1:
            self.fault(label, "name", f"{own['path']!r} matches {len(sources)} files; each has its own name.")
        # The seeds of a data set replace those of the suite, in either spelling.
        inherited = {k: v for k, v in defaults.items() if not (k in _SEEDS and own.keys() & _SEEDS)}
        settings = inherited | own | {k: v for k, v in over.items() if k not in SHARED}
        if sources and "target" not in settings and not all(s.target for s in sources):
            self.fault(label, "target", "is missing: the column with the class of each row.")
        return [(_entry(settings, s, own.get("target")), s) for s in sources]

    def _once(self, entries: list[tuple[Entry, Source]]) -> list[tuple[Entry, Source]]:
        """Return every table once: a file named outright is not also taken from a pattern."""
        named = {s.data for _, s in entries if s.outright}
        kept = [(e, s) for e, s in entries if s.outright or s.data not in named]
        several = {name for name, count in Counter(e.name for e, _ in kept).items() if count > 1}
        kept = [
            (replace(e, name=longer(s, self.base)) if e.name in several and e.name == s.name else e, s)
            for e, s in kept
        ]
        for name, count in Counter(e.name for e, _ in kept).items():
            if count > 1:
                self.fault("data", "", f"{count} data sets are called {name!r}; give each its own `name`.")
        return kept

    def _learners(self, entries: list[Entry]) -> None:
        """With ``auto`` rows are recipes alone, so every data set must have one learner for them."""
        several = [e.name for e in entries if not e.auto and len(e.learners) > 1]
        if several and any(e.auto for e in entries):
            self.fault(
                "data",
                "learners",
                f"{', '.join(several)} would have several learners where others have 'auto', which compares "
                "recipes alone; name the learners for all, or one for each.",
            )


_SEEDS = frozenset({"seed", "seeds"})


def _entry(settings: Mapping[str, Any], source: Source, own_target: str | None) -> Entry:
    arguments = {name: settings[name] for name in _PASSED if name in settings}
    if source.target and own_target is None:  # a data set that knows its target does not take the suite's
        arguments["target"] = source.target
    seeds = settings.get("seeds") or ((settings["seed"],) if "seed" in settings else (0,))
    return Entry(
        name=settings.get("name", source.name),
        data=source.data,
        arguments=arguments,
        seeds=tuple(seeds),
        tags=tuple(settings.get("tags", ())),
    )
