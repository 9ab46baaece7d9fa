# ruff: noqa: ARG001 - every planter takes a table, its target and a generator
"""Planted leaks: which are found, and what the same checks say about clean data.

Usage: python -m benchmarks planted_leaks [--full] [--minutes M]

Leaks are planted into shared sets of at most 3,000 rows, in the table or through a package that cheats, and
compared with logistic regression on one repeat. The same checks then run on all shared sets as they are
(--full: all rows up to 30,000, every default method with lightgbm, every recipe controlled).
"""

from __future__ import annotations

import argparse
import atexit
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks import cheats
from benchmarks.pieces import Pieces, add_options
from benchmarks.pieces import run as run_pieces
from benchmarks.shared import RESULTS, manifest, path_of, target_of
from imbtool import compare, registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.api import ComparisonReport

ROWS = 3000
GOAL = 0.95
_CHEATS = "imbtool-cheats-"


@dataclass(frozen=True)
class Plant:
    """A leak: what it is, where it is planted, which findings tell it."""

    what: str
    data: str
    plant: Callable[[pd.DataFrame, str, np.random.Generator], pd.DataFrame]
    codes: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)


def read(name: str, rng: np.random.Generator) -> tuple[pd.DataFrame, str]:
    target = target_of(name)
    frame = pd.read_csv(path_of(name))
    if len(frame) > ROWS:
        frame = frame.sample(ROWS, random_state=int(rng.integers(1 << 31)))
    return frame.reset_index(drop=True), target


def rare(frame: pd.DataFrame, target: str) -> pd.Series:
    return frame[target] == frame[target].value_counts().idxmin()


def copied(frame, target, rng):
    return frame.assign(copy=frame[target])


def noisy(frame, target, rng):
    return frame.assign(score=5.0 * rare(frame, target) + rng.normal(0, 0.5, len(frame)))


def turned(frame, target, rng):
    return frame.assign(code=np.where(rare(frame, target), -17.5, rng.integers(3, 9, len(frame))))


def words(frame, target, rng):
    hit = rare(frame, target)
    letters = rng.choice(list("abc"), len(frame))
    return frame.assign(status=np.where(hit, "closed " + letters, "open " + letters))


def missing(frame, target, rng):
    return frame.assign(amount=np.where(rare(frame, target), rng.gamma(2, 50, len(frame)), np.nan))


def coded(frame, target, rng):
    hit = rare(frame, target)
    code = np.where(
        hit, rng.integers(0, max(3, hit.sum() // 3), len(frame)), rng.integers(900, 1500, len(frame))
    )
    return frame.assign(branch=[f"B{value:05d}" for value in code])


def mean_coded(frame, target, rng):
    shop = rng.integers(0, len(frame) // 5, len(frame))
    mean = rare(frame, target).astype(float).groupby(shop).transform("mean")
    return frame.assign(shop_rate=mean)


def shrunk_coded(frame, target, rng):
    hit = rare(frame, target).astype(float)
    shop = pd.Series(rng.integers(0, 200, len(frame)))
    total, n = hit.groupby(shop).transform("sum"), hit.groupby(shop).transform("size")
    return frame.assign(shop=[f"S{s}" for s in shop], shop_rate=(total + 10 * hit.mean()) / (n + 10))


def left_out_coded(frame, target, rng):
    hit = rare(frame, target).astype(float)
    shop = pd.Series(rng.integers(0, 200, len(frame)))
    total, n = hit.groupby(shop).transform("sum"), hit.groupby(shop).transform("size")
    return frame.assign(shop=[f"S{s}" for s in shop], shop_rate=(total - hit) / (n - 1).clip(lower=1))


def five_means(frame, target, rng):
    region = rng.integers(0, 5, len(frame))
    return frame.assign(region_rate=rare(frame, target).astype(float).groupby(region).transform("mean"))


def flipped(frame, target, rng):
    return rare(frame, target).to_numpy() ^ (rng.random(len(frame)) < 0.01)


def flagged(frame, target, rng):
    return frame.assign(flag=flipped(frame, target, rng).astype(int))


def mostly_missing(frame, target, rng):
    amount = rng.gamma(2, 50, len(frame))
    return frame.assign(settled=np.where(flipped(frame, target, rng), amount, np.nan))


def odd_coded(frame, target, rng):
    return frame.assign(code=2 * rng.integers(1000, 9000, len(frame)) + rare(frame, target))


def last_digit(frame, target, rng):
    other = rng.choice([0, 1, 2, 3, 4, 5, 6, 8, 9], len(frame))
    return frame.assign(
        number=10 * rng.integers(100, 9000, len(frame)) + np.where(rare(frame, target), 7, other)
    )


def in_time(frame, rng):
    start = pd.Timestamp("2024-01-01")
    moments = np.sort(rng.uniform(0, 365 * 86400, len(frame)))
    return (
        frame.sample(frac=1, random_state=1)
        .reset_index(drop=True)
        .assign(at=start + pd.to_timedelta(moments.astype(int), unit="s"))
    )


def next_target(frame, target, rng):
    frame = in_time(frame, rng)
    return frame.assign(
        trend=rare(frame, target).astype(int).shift(-1, fill_value=0) + rng.normal(0, 0.05, len(frame))
    )


def filled_later(frame, target, rng):
    frame = in_time(frame, rng)
    known = np.arange(len(frame)) < 0.7 * len(frame)
    return frame.assign(
        outcome_code=np.where(known, rare(frame, target) * 3.0, rng.integers(0, 4, len(frame)))
    )


def closing_date(frame, target, rng):
    frame = in_time(frame, rng)
    late = frame["at"] + pd.to_timedelta(rng.uniform(1, 30, len(frame)), unit="D")
    closed = late.where(rare(frame, target) | (rng.random(len(frame)) < 0.02))
    return frame.assign(closed=closed.astype("datetime64[s]"))


def moving_mean(frame, target, rng, ahead=0):
    frame = in_time(frame, rng)
    hit = rare(frame, target).astype(float)
    mean = hit.rolling(3, center=True, min_periods=1).mean()
    return frame.assign(rate=mean.shift(-ahead).fillna(0.0))


def totals(frame, target, rng):
    frame = in_time(frame, rng)
    client = rng.integers(0, len(frame) // 6, len(frame))
    return frame.assign(client=client, claims=rare(frame, target).groupby(client).transform("sum"))


def oversampled(frame, target, rng):
    hit = frame[rare(frame, target)]
    return pd.concat([frame, hit.sample(5 * len(hit), replace=True, random_state=2)], ignore_index=True)


def doubled(frame, target, rng):
    return pd.concat([frame, frame.sample(frac=0.3, random_state=3)], ignore_index=True)


def jittered(frame, target, rng):
    hit = frame[rare(frame, target)]
    more = hit.sample(3 * len(hit), replace=True, random_state=4)
    numeric = [c for c in frame.columns if c != target]
    noise = rng.normal(0, 1e-4, (len(more), len(numeric))) * frame[numeric].std().to_numpy()
    more = more.astype(dict.fromkeys(numeric, float))
    more[numeric] = more[numeric] + noise
    return pd.concat([frame, more], ignore_index=True)


def smoted(frame, target, rng, kind="SMOTE"):
    import imblearn.over_sampling as samplers

    X, y = frame.drop(columns=target), frame[target]
    X, y = getattr(samplers, kind)(random_state=5).fit_resample(X.astype(float), y)
    return X.assign(**{target: y}).sample(frac=1, random_state=6).reset_index(drop=True)


def adasyned(frame, target, rng):
    return smoted(frame, target, rng, "ADASYN")


def visits(frame, target, rng, name):
    numeric = [c for c in frame.select_dtypes("number").columns if c != target]
    people = frame.sample(min(len(frame), 700), random_state=7).reset_index(drop=True)
    rows = people.loc[people.index.repeat(4)]
    number = rng.permutation(len(people))[rows.index]
    rows = rows.reset_index(drop=True).astype(dict.fromkeys(numeric, float))
    rows[numeric] += rng.normal(0, 0.15, (len(rows), len(numeric))) * frame[numeric].std().to_numpy()
    return rows.assign(**{name: number})


def patients(frame, target, rng):
    return visits(frame, target, rng, "patient_id")


def unnamed_groups(frame, target, rng):
    return visits(frame, target, rng, "v17")


def as_is(frame, target, rng):
    return frame


GIVES = ("gives-target-away",)
TIME = {"time": "at"}
CHEAT = ("above-chance", "remembers-folds", "trains-on-test-rows", "knows-rows", "opens-files")
PLANTS = (
    Plant("target copied into a feature", "mammography", copied, GIVES),
    Plant("target copied into a feature, seven classes", "dry_bean", copied, GIVES),
    Plant("target with noise as a score", "abalone19", noisy, GIVES),
    Plant("target as one number against many", "htru2", turned, GIVES),
    Plant("target as words", "telco_churn", words, GIVES),
    Plant("target as what is missing", "credit_default_tw", missing, GIVES),
    Plant("target in a code of many levels", "page_blocks0", coded, GIVES),
    Plant("mean of the target by a code of many levels", "online_shoppers", mean_coded, GIVES),
    Plant("shrunk mean of the target by a code", "bank_additional", shrunk_coded, GIVES),
    Plant("mean of the target by a code, row left out", "hmeq", left_out_coded, GIVES),
    Plant("target of the next row, --time", "satimage_c4", next_target, ("later-target",), TIME),
    Plant(
        "code filled in once the outcome is known, --time",
        "credit_default_tw",
        filled_later,
        ("backfilled",),
        TIME,
    ),
    Plant("closing date of positives, --time", "page_blocks0", closing_date, ("later-date", *GIVES), TIME),
    Plant("rare class copied before the split", "oil_spill", oversampled, ("copied-rows",)),
    Plant("30 percent of the rows twice", "steel_plates", doubled, ("copied-rows",)),
    Plant("rare class copied with noise", "winequality_red_4", jittered, ("nearly-copied-rows",)),
    Plant("SMOTE before the split", "yeast6", smoted, ("synthetic-rows",)),
    Plant(
        "SMOTE before the split",
        "polish_bankruptcy_1y",
        lambda f, t, r: smoted(f.fillna(f.median()), t, r),
        ("synthetic-rows",),
    ),
    Plant("ADASYN before the split", "htru2", adasyned, ("synthetic-rows",)),
    Plant("four visits a patient, no --group", "abalone19", patients, ("looks-like-group",)),
    Plant("four visits a patient, number called v17", "steel_plates", unnamed_groups, ("looks-like-group",)),
    Plant(
        "package: SMOTE over the rows of all folds",
        "page_blocks0",
        as_is,
        CHEAT,
        {"methods": "everywhere_smote"},
    ),
    Plant("package: adds remembered rows", "satimage_c4", as_is, CHEAT, {"methods": "remembering_sampler"}),
    Plant("package: adds rows of a file", "yeast6", as_is, CHEAT, {"methods": "file_sampler"}),
    Plant("package: scaler fitted on all folds", "htru2", as_is, CHEAT, {"learners": "global_scaler"}),
    Plant(
        "package: target encoder fitted on all folds",
        "mammography",
        as_is,
        CHEAT,
        {"learners": "global_encoder"},
    ),
    Plant("package: looks answers up in a file", "page_blocks0", as_is, CHEAT, {"learners": "oracle"}),
    Plant("moving mean around the row, --time", "ai4i2020", moving_mean, ("later-target",), TIME),
    Plant(
        "moving mean of the next rows, --time",
        "stroke",
        lambda f, t, r: moving_mean(f, t, r, ahead=2),
        ("later-target",),
        TIME,
    ),
    Plant("all claims of a client, --time", "fraud_oracle", totals, GIVES, TIME),
    Plant("flag, wrong in 1 percent of the rows", "telco_churn", flagged, GIVES),
    Plant("what is missing, wrong in 1 percent of the rows", "hmeq", mostly_missing, GIVES),
    Plant("code that is odd for the class", "mammography", odd_coded, GIVES),
    Plant("number whose last digit is 7 for the class", "heart_2020", last_digit, GIVES),
    Plant("mean of the target by five large levels", "bank_additional", five_means, GIVES),
)
HONEST = ({"methods": "honest_copies"}, {"learners": "honest_learner"})


def warnings_of(report: ComparisonReport) -> list[str]:
    """Return the codes of all warnings of a report."""
    comparison = report.comparison
    found = [f.code for f in comparison.dataset.findings if f.level == "warning"]
    return list(dict.fromkeys([*found, *(f.code for f in comparison.proof.findings)]))


def run(data: Any, target: str, **options: Any) -> tuple[list[str], float]:
    began = time.perf_counter()
    settings = {"learners": "logistic", "methods": "none", "repeats": 1, "jobs": 1} | options
    return warnings_of(compare(data, target=target, **settings)), time.perf_counter() - began


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks planted_leaks")
    parser.add_argument("--full", action="store_true")
    add_options(parser)
    asked = parser.parse_args(arguments)
    totals = {}

    def work(pieces: Pieces) -> None:
        planted = pieces.of("plant", one_plant, range(len(PLANTS)), 1)
        sets = [(row["name"], asked.full) for row in manifest()]
        clean = pieces.of("clean", one_clean, sets, 1) + pieces.of(
            "honest", one_honest, range(len(HONEST)), 1
        )
        totals["found"], totals["alarms"] = sum(hit for hit, _ in planted), sum(hit for hit, _ in clean)
        text = TEXT.format(
            **totals,
            planted=len(planted),
            clean=len(clean),
            leaks="\n".join(line for _, line in planted),
            sets="\n".join(line for _, line in clean),
        )
        (RESULTS / "planted_leaks.md").write_text(text)

    code = run_pieces("planted_leaks", asked, work)
    if code:
        return code
    print(f"{totals['found']} of {len(PLANTS)} found, {totals['alarms']} false alarms")
    return 0 if totals["found"] >= GOAL * len(PLANTS) and not totals["alarms"] else 1


def with_cheats() -> None:
    """Let this process find the packages that cheat."""
    if not any(Path(place).name.startswith(_CHEATS) for place in sys.path):
        folder = tempfile.mkdtemp(prefix=_CHEATS)
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        cheats.install(Path(folder))
        sys.path.insert(0, folder)
        registry.methods.cache_clear()
        registry.learners.cache_clear()


def one_plant(number: int) -> tuple[bool, str]:
    """Return whether a planted leak is found, and its line of the table."""
    with_cheats()
    plant = PLANTS[number]
    rng = np.random.default_rng(number)
    frame, target = read(plant.data, rng)
    changed = plant.plant(frame, target, rng)
    cheats.tell(changed, target)
    codes, seconds = run(changed, target, **plant.options)
    hit = any(code in plant.codes for code in codes)
    outcome = "found" if hit else "MISSED"
    line = f"| {plant.what} | {plant.data} | {outcome} | {', '.join(codes)} | {seconds:.0f} |"
    print(line, flush=True)
    return hit, line


def one_clean(item: tuple[str, bool]) -> tuple[bool, str]:
    """Return whether a clean set raises an alarm, and its line of the table."""
    name, full = item
    options = {"learners": "lightgbm", "methods": None, "prove": True} if full else {}
    codes, seconds = run(str(path_of(name)), target_of(name), max_rows=30_000 if full else ROWS, **options)
    line = f"| {name} | {', '.join(codes) or 'nothing'} | {seconds:.0f} |"
    print(line, flush=True)
    return bool(codes), line


def one_honest(number: int) -> tuple[bool, str]:
    """Return the same for a package that does nothing wrong."""
    with_cheats()
    options = HONEST[number]
    codes, seconds = run(str(path_of("page_blocks0")), target_of("page_blocks0"), max_rows=ROWS, **options)
    name = f"page_blocks0 with an honest package, {next(iter(options.values()))}"
    line = f"| {name} | {', '.join(codes) or 'nothing'} | {seconds:.0f} |"
    print(line, flush=True)
    return bool(codes), line


TEXT = """\
# Planted leaks

`python -m benchmarks planted_leaks`: {found} of {planted} planted leaks found, {alarms} false alarms in
{clean} comparisons of clean data. Found means: a warning of a kind that tells this leak. An alarm is any
warning.

| leak | planted into | outcome | warnings | seconds |
|---|---|---|---|---|
{leaks}

## The same checks on data as it is

| data | warnings | seconds |
|---|---|---|
{sets}
"""
