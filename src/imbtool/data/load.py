"""From a file, a data-set name or a frame to a `Dataset`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import DataError, UsageError
from imbtool.core.seeds import derive_seed
from imbtool.core.suggest import did_you_mean
from imbtool.data.dataset import Dataset, Finding
from imbtool.data.delimited import header_looks_like_data
from imbtool.data.findings import condense
from imbtool.data.infer import infer_schema
from imbtool.data.intake import open_table
from imbtool.data.labels import read_labels
from imbtool.data.leakage import CONFIRM_ROWS, give_aways, sample_per_class
from imbtool.data.phrases import count, some
from imbtool.data.roles import read_group, read_money, read_time, read_weight
from imbtool.data.sampling import duplicate_finding, few_positives_finding, sample_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.data.labels import Labels
    from imbtool.data.read import Table
    from imbtool.data.schema import Role, Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which columns the caller has given a role."""

    target: str
    weight: str | None = None
    group: str | None = None
    time: str | None = None
    cost: str | None = None
    value: str | None = None
    drop: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()

    def named(self) -> dict[str, Role]:
        """Return the role of every named column; `UsageError` when one is given two."""
        pairs: list[tuple[str | None, Role]] = [(self.target, "target"), (self.weight, "weight")]
        pairs += [(self.group, "group"), (self.time, "time"), (self.cost, "cost"), (self.value, "value")]
        pairs += [(name, "dropped") for name in self.drop]
        roles: dict[str, Role] = {}
        for name, role in pairs:
            if name is None:
                continue
            if name in roles and roles[name] != role:
                raise UsageError(
                    f"Column {name!r} cannot be both {roles[name]} and {role}.",
                    hint="Give every column one role.",
                    code="role-conflict",
                )
            roles[name] = role
        clash = [name for name in self.categorical if name in roles]
        if clash:
            raise UsageError(
                f"Column {clash[0]!r} cannot be both {roles[clash[0]]} and a categorical feature.",
                hint="Give every column one role.",
                code="role-conflict",
            )
        return roles


def load_dataset(
    source: Any,
    *,
    target: Any,
    positive: object = None,
    weight: str | None = None,
    group: str | None = None,
    time: str | None = None,
    cost: str | None = None,
    value: str | None = None,
    drop: Sequence[str] = (),
    categorical: Sequence[str] = (),
    max_rows: int | None = None,
    seed: int = 0,
    name: str | None = None,
) -> Dataset:
    """Read a table and make it ready for comparison.

    Parameters
    ----------
    source : str, path, pandas.DataFrame, or anything with ``to_pandas``
        A file, ``"-"`` for standard input, the name of a bundled or fetched data set (a file of that
        name wins), or a table in memory.
    target : str, or array-like for a table in memory
        Name of the target column, or its values (the column is then called as the Series, or
        ``"target"``).
    positive : optional
        Label of the class of interest. Default: the rarer one of two classes.
    weight, group, time : str, optional
        Columns with row weights, groups that must not be split, and the time that orders the rows.
    cost, value : str, optional
        Columns with the money of acting on a row (see `imbtool.core.price`).
    drop, categorical : sequence of str
        Columns to leave out; columns to take as categories whatever they hold.
    max_rows : int, optional
        Keep at most about so many rows, drawn at natural prevalence but with at least five rows of
        every class (or all there are). Default: all rows.
    seed : int
        Seed of that draw.
    name : str, optional
        Name of the data set; default from the file name.

    Raises
    ------
    DataError, UsageError
        For everything about the table or the request that cannot be used, with what to do about it.
    """
    table, target_name = open_table(source, target, name)
    roles = Roles(
        target=target_name,
        weight=weight,
        group=group,
        time=time,
        cost=cost,
        value=value,
        drop=_names(drop),
        categorical=_names(categorical),
    )
    named = roles.named()
    check_present(table.frame, roles)
    dataset = _build(table, roles, named, positive=positive, max_rows=_checked(max_rows), seed=seed)
    del table
    _give_back()
    return dataset


def _give_back() -> None:
    """Return to the system what reading took: pyarrow keeps it, twice the table, for the next file."""
    pyarrow: Any = sys.modules.get("pyarrow")
    if pyarrow is not None:
        pyarrow.default_memory_pool().release_unused()


def _build(
    table: Table, roles: Roles, named: dict[str, Role], *, positive: object, max_rows: int | None, seed: int
) -> Dataset:
    frame = table.frame
    findings = list(table.findings)
    if roles.weight is not None:
        frame, found = _without_weightless(frame, roles.weight)
        findings += found
    labels = read_labels(frame[roles.target], roles.target, positive)
    schema, found_columns = infer_schema(frame, roles=named, categorical=roles.categorical)
    schema = _with_classes(schema, labels)
    findings += [*labels.findings, *found_columns]
    if not schema.features:
        raise DataError(
            f"No usable feature is left besides the target {roles.target!r}: all other columns are left out.",
            hint=" ".join(f.message for f in found_columns[:3]) or "Add columns to learn from.",
            code="no-features",
        )
    rows, found = sample_rows(labels.codes, labels.classes, max_rows, seed)
    findings += found
    whole = frame
    if rows is not None:
        frame = frame.iloc[rows]
    codes = labels.codes if rows is None else labels.codes[rows]
    X = schema.encode(frame)
    findings += duplicate_finding(X, codes)
    findings += few_positives_finding(codes, labels)
    findings += _give_aways(X, schema, labels, None if rows is None else whole, seed)
    dataset = Dataset(
        name=table.name,
        source=table.source,
        X=X,
        layout=schema.layout,
        y=codes,
        classes=labels.classes,
        target=roles.target,
        task=labels.task,
        schema=schema,
        fingerprint="",
        weight=None if roles.weight is None else read_weight(frame[roles.weight], roles.weight),
        group=None if roles.group is None else read_group(frame[roles.group], roles.group),
        time=None if roles.time is None else read_time(frame[roles.time], roles.time),
        cost=None if roles.cost is None else read_money(frame[roles.cost], roles.cost, "cost"),
        value=None if roles.value is None else read_money(frame[roles.value], roles.value, "value"),
        findings=condense(findings),
    )
    return replace(dataset, fingerprint=fingerprint(dataset))


def _give_aways(
    X: FloatArray, schema: Schema, labels: Labels, whole: pd.DataFrame | None, seed: int
) -> tuple[Finding, ...]:
    """Look for give-aways among all rows of the file, drawn from or not, so that the answer is one."""
    drawn = derive_seed("give-aways", seed)
    y = labels.codes
    if whole is not None:
        rows = sample_per_class(y, CONFIRM_ROWS, np.random.default_rng(drawn))
        X, y = schema.encode(whole.iloc[rows]), y[rows]
    return give_aways(X, y, schema.layout, schema.sources, seed=drawn)


def fingerprint(dataset: Dataset) -> str:
    """Return a hex digest of the content: matrix, target, roles and names; not of how it was stored."""
    digest = blake2b(digest_size=16)
    levels = [(c.name, c.kind, c.levels) for c in dataset.schema.features]
    words = [dataset.target, dataset.task, dataset.classes, dataset.layout.names, levels]
    digest.update(repr(words).encode())
    for array in (dataset.X, dataset.y, dataset.weight, dataset.group, dataset.time):
        digest.update(b"|")
        if array is not None:
            digest.update(repr((array.shape, array.dtype.str)).encode())
            digest.update(np.ascontiguousarray(_canonical(array)).data)
    for role, array in (("cost", dataset.cost), ("value", dataset.value)):
        if array is not None:
            digest.update(f"|{role}|".encode())
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _canonical(array: FloatArray | IntArray) -> FloatArray | IntArray:
    """Give every missing cell the same bits."""
    if array.dtype.kind != "f" or not np.isnan(array).any():
        return array
    return np.where(np.isnan(array), np.nan, array)


def _with_classes(schema: Schema, labels: Labels) -> Schema:
    columns = tuple(
        replace(c, kind="categorical", levels=labels.classes, date_format="", n_unique=len(labels.classes))
        if c.role == "target"
        else c
        for c in schema.columns
    )
    return replace(schema, columns=columns)


def _without_weightless(frame: pd.DataFrame, weight: str) -> tuple[pd.DataFrame, list[Finding]]:
    values = read_weight(frame[weight], weight)
    zero = values == 0
    if not zero.any():
        return frame, []
    message = f"{count(int(zero.sum()), 'row')} of weight 0 in {weight!r} left out."
    found = Finding(level="note", code="zero-weight-rows", message=message, column=weight)
    return frame[~zero], [found]


def _names(given: Sequence[str] | str) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(str(name) for name in given)


def _checked(max_rows: int | None) -> int | None:
    if max_rows is not None and max_rows < 2:
        raise UsageError(
            f"`max_rows` must be at least 2; got {max_rows}.",
            hint="Leave it out for all rows.",
            code="max-rows",
        )
    return max_rows


def check_present(frame: pd.DataFrame, roles: Roles) -> None:
    """Raise `DataError` (``target-missing``, ``column-missing``) unless every named column is there."""
    names = [str(column) for column in frame.columns]
    listing = f"Columns: {some(names, 12)}"
    if roles.target not in names:
        hint = did_you_mean(roles.target, names, listing=listing)
        if header_looks_like_data(names):
            hint = f"The first line looks like data; add a line of column names above it. {listing}"
        raise DataError(
            f"There is no column {roles.target!r} for the target.", hint=hint, code="target-missing"
        )
    options = {"--weight": roles.weight, "--group": roles.group, "--time": roles.time}
    options |= {"--cost-column": roles.cost, "--value-column": roles.value}
    wanted = [(option, column) for option, column in options.items() if column is not None]
    wanted += [("--drop", column) for column in roles.drop]
    wanted += [("--categorical", column) for column in roles.categorical]
    for option, column in wanted:
        if column not in names:
            hint = did_you_mean(column, names, listing=listing)
            raise DataError(f"There is no column {column!r} for {option}.", hint=hint, code="column-missing")
