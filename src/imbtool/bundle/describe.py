"""What a model is, in words and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from imbtool import registry
from imbtool.data.phrases import count, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imbtool.bundle.manifest import Bootstrapped, Conformal, Manifest, RowMoney
    from imbtool.data.schema import Column

_METRICS = (
    "pr_auc",
    "roc_auc",
    "brier_skill",
    "log_loss",
    "calibration_slope",
    "calibration_intercept",
    "f1",
    "mcc",
    "precision",
    "recall",
)
_FEW = 12


def describe(manifest: Manifest, *, verbose: bool = False) -> str:
    """Return a text about a model: what it is, how it decides, how good it was, which columns it reads.

    `verbose` lists all columns and the digest of every file.
    """
    sections = [
        _facts(manifest),
        [
            "",
            "Metrics (cross-validated: out-of-fold scores, calibrator and threshold of the other folds)",
        ],
        _table([_metrics_head(manifest), *_metrics(manifest)], right=(1, 2)),
        ["", f"Columns ({count(len(manifest.columns.features), 'feature')})"],
        _table(_columns(manifest, verbose=verbose)),
    ]
    if verbose:
        files = [(name, f"{m.size:,} bytes", m.sha256) for name, m in manifest.members.items()]
        sections += [["", "Files"], _table(files)]
    return "".join(f"{line}\n" for section in sections for line in section)


def _facts(m: Manifest) -> list[str]:
    data = m.data
    counts = ", ".join(f"{label} {n:,}" for label, n in zip(m.classes, data.counts, strict=True))
    after = ", ".join(f"{n:,}" for n in m.counts_after)
    packages = ", ".join(f"{name} {version}" for name, version in m.versions.items())
    notes = list(dict.fromkeys(note for part in m.models for note in part.notes))
    facts = [
        ("recipe", m.recipe),
        ("learner", m.learner),
        ("target", data.target + (f", positive class {m.positive!r}" if m.positive else "")),
        ("data", f"{data.name}, {count(data.n_rows, 'row')}, fingerprint {data.fingerprint}"),
        ("classes", counts + (f"; after resampling {after}" if m.counts_after != data.counts else "")),
        ("decision", _decision(m)),
        ("calibration", m.calibration.kind if m.calibration else "none"),
        ("models", _models(m)),
        *(() if m.conformal is None else (("held back", _held_back(m.conformal, m.classes)),)),
        ("seed", str(m.seed)),
        ("made with", packages),
        ("git commit", m.git_commit or "none"),
        *(("note", note) for note in notes),
    ]
    return _table([(f"{label}:", text) for label, text in facts])


def _decision(m: Manifest) -> str:
    values, rule = m.decision.values, m.decision.rule
    if m.decision.money is not None:
        note = f"; {m.decision.reason}" if m.decision.reason else ""
        return f"{m.positive!r} where {_gain_words(m.decision.money)} is above 0, p the probability{note}"
    if m.positive:
        said = f"{m.positive!r} from a probability of {values[0]:.4g}"
    elif rule == "costs":
        said = "the class of least expected cost"
    elif any(values):
        what = "centred log-probability times factor" if rule == "factors" else "log-probability plus offset"
        form = ".3g" if rule == "factors" else "+.3g"
        each = ", ".join(f"{label} {v:{form}}" for label, v in zip(m.classes, values, strict=True))
        said = f"largest {what} ({each})"
    else:
        said = "the most probable class"
    if rule == "default":
        return f"{said} (the default)"
    unsearched = m.decision.reason and values == ((0.5,) if m.positive else (0.0,) * len(values))
    if unsearched:
        return f"{said}, kept at its default: {m.decision.reason}"
    return f"{said}, chosen by {m.decision.metric}" + (f"; {m.decision.reason}" if m.decision.reason else "")


def _gain_words(money: RowMoney) -> str:
    """Return the expected gain of acting on a row."""
    won = [repr(money.value_column)] if money.value_column else []
    won += [f"{money.cost_fn:g}"] if money.cost_fn else []
    text = f"p x {won[0]}" if len(won) == 1 else f"p x ({' + '.join(won)})"
    text += f" - (1 - p) x {money.cost_fp:g}" if money.cost_fp else ""
    return text + (f" - {money.cost_column!r}" if money.cost_column else "")


def _held_back(rows: Conformal, classes: tuple[str, ...]) -> str:
    how = {"random": "at random", "groups": "as whole groups", "time": "the latest"}[rows.how]
    counts = ", ".join(f"{label} {n:,}" for label, n in zip(classes, rows.counts, strict=True))
    return f"{count(rows.rows, 'row')} {how} ({counts}), for predict --fdr"


def _models(m: Manifest) -> str:
    kinds = list(dict.fromkeys(part.kind for part in m.models))
    return f"{len(m.models)} {', '.join(kinds)}" + (", weighted" if m.weights else "")


def _metrics(m: Manifest) -> Iterator[tuple[str, ...]]:
    catalogue = registry.metrics()
    known = {one.metric: one for one in m.metrics.bootstrap}
    for name in _METRICS:
        values = m.metrics.cross_validated.get(name, math.nan), m.metrics.training.get(name, math.nan)
        label = catalogue[name].label or name if name in catalogue else name
        more = () if not m.metrics.rounds else (_interval(known.get(name)),)
        yield f"  {label}", *("-" if math.isnan(v) else f"{v:.4f}" for v in values), *more


def _metrics_head(m: Manifest) -> tuple[str, ...]:
    more = (f"bootstrap .632+, {m.metrics.rounds} rounds",) if m.metrics.rounds else ()
    return ("", "cross-validated", "training", *more)


def _interval(found: Bootstrapped | None) -> str:
    return "-" if found is None else f"{found.value:.4f} ({found.low:.4f} to {found.high:.4f})"


def _columns(m: Manifest, *, verbose: bool) -> list[tuple[str, ...]]:
    features = m.columns.features
    shown = features if verbose else features[:_FEW]
    rows: list[tuple[str, ...]] = [(f"  {c.name}", c.kind, _more(c, verbose=verbose)) for c in shown]
    if len(shown) < len(features):
        rows.append((f"  ... and {len(features) - len(shown)} more (--verbose)", "", ""))
    rows += [
        (f"  {c.name}", c.role, c.reason) for c in m.columns.columns if c.role not in ("feature", "dropped")
    ]
    dropped = [c for c in m.columns.columns if c.role == "dropped"]
    return rows + [(f"  {c.name}", "not used", c.reason) for c in (dropped if verbose else dropped[:_FEW])]


def _more(column: Column, *, verbose: bool) -> str:
    said = []
    if column.levels:
        shown = column.levels if verbose else column.levels[:4]
        dots = ", ..." if len(shown) < len(column.levels) else ""
        said.append(f"{count(len(column.levels), 'level')}: {', '.join(map(shorten, shown))}{dots}")
    if column.parts:
        said.append(f"as {', '.join(column.parts)}")
    if column.n_missing:
        said.append(f"{column.n_missing:,} missing")
    return "; ".join(said)


def _table(rows: Sequence[tuple[str, ...]], right: Sequence[int] = ()) -> list[str]:
    """Return aligned lines."""
    if not rows:
        return []
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(widths[i]) if i in right else cell.ljust(widths[i]) for i, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]
