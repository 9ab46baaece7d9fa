"""Fitting on files that the workers of a scheduler read, none of which holds all rows."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score
from tests.unit.bundle.conftest import table
from tests.unit.cli.conftest import _calm, imbtool

import imbtool as library
from imbtool.bundle.spread import fit as fitting
from imbtool.bundle.spread import table as tables
from imbtool.core.errors import DataError, ImbtoolError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["_calm", "imbtool"]
pytestmark = [
    pytest.mark.filterwarnings("default"),  # those of dask are not ours
    pytest.mark.xdist_group("dask"),
]
STUMPS = "lightgbm(n_estimators=10, num_leaves=2)"
NOWHERE = "tcp://127.0.0.1:9"


def in_parts(frame: pd.DataFrame, folder: Path, cuts: list[int], suffix: str = "csv") -> str:
    """Write the table as files of a folder."""
    folder.mkdir()
    for number, rows in enumerate(np.split(np.arange(len(frame)), cuts)):
        part = frame.iloc[rows]
        if suffix == "csv":
            part.to_csv(folder / f"part-{number}.csv", index=False)
        else:
            part.to_parquet(folder / f"part-{number}.parquet", index=False)
    return str(folder)


@pytest.fixture(scope="module")
def claims() -> pd.DataFrame:
    frame = table(3000, seed=5)
    frame["weight"] = np.random.default_rng(1).uniform(0.5, 2.0, len(frame)).round(3)
    frame.loc[::50, "weight"] = 0.0
    return frame


@pytest.mark.parametrize("recipe", ["none", "sqrt_weight", "cost_weight(fn=5.0)"])
def test_two_workers_grow_the_stumps_of_one_process(scheduler, claims, tmp_path, recipe) -> None:
    """Deeper trees differ: see docs/spread.md."""
    said = {"target": "fraud", "recipe": recipe, "learner": STUMPS, "weight": "weight", "seed": 4}
    parts = in_parts(claims, tmp_path / "claims", [700, 1900])
    far = library.fit(parts, **said, scheduler=scheduler)
    near = library.fit(claims, **said)
    np.testing.assert_allclose(far.predict_proba(claims), near.predict_proba(claims), atol=1e-6)
    for field in ("fingerprint", "n_rows", "n_features", "counts", "task"):
        assert getattr(far.manifest.data, field) == getattr(near.manifest.data, field), field
    assert far.manifest.columns == near.manifest.columns
    assert far.manifest.models[0].notes == (
        "Trained by 2 workers on 2,940 rows; metrics, calibrator and threshold by 2,940 rows of them.",
    )


def test_a_model_that_workers_trained_decides_rows_by_their_own_money(scheduler, claims, tmp_path) -> None:
    frame = claims.head(600).assign(worth=np.random.default_rng(2).gamma(1, 20, 600).round(2))
    said = {"target": "fraud", "recipe": "sigmoid+expected_gain", "value_column": "worth", "cost_fp": 3.0}
    learner = "lightgbm(n_estimators=5, num_leaves=2)"
    model = library.fit(
        in_parts(frame, tmp_path / "claims", [250]), **said, learner=learner, scheduler=scheduler
    )
    p = model.predict_proba(frame)[:, 1]
    acted = model.predict(frame) == 1
    np.testing.assert_array_equal(acted, p * frame.worth - (1 - p) * 3.0 > 0)
    assert 0 < acted.sum() < len(frame)


def test_trees_do_not_depend_on_who_holds_which_rows_and_are_as_good_as_those_of_one_process(
    scheduler, tmp_path
) -> None:
    rows, new = table(6000, seed=1), table(6000, seed=2)
    said = {"target": "fraud", "recipe": "class_weight+isotonic+threshold", "learner": "lightgbm"}
    first = in_parts(rows, tmp_path / "first", [1000, 4500], "parquet")
    second = in_parts(rows, tmp_path / "second", [2900])
    one = library.fit(first, **said, scheduler=scheduler)
    other = library.fit(second, **said, scheduler=scheduler)
    raw = [model.score_whole(model.manifest.columns.encode(new))[0] for model in (one, other)]
    np.testing.assert_allclose(raw[0], raw[1], atol=1e-6)
    near = library.fit(rows, **said)
    found = {name: m.predict_proba(new)[:, 1] for name, m in (("far", one), ("near", near))}
    quality = {name: average_precision_score(new.fraud, p) for name, p in found.items()}
    assert abs(quality["far"] - quality["near"]) < 0.01
    assert np.abs(found["far"] - found["near"]).mean() < 0.02
    assert (one.predict(new) == near.predict(new)).mean() > 0.97
    measured = one.manifest.metrics.cross_validated["pr_auc"], near.manifest.metrics.cross_validated["pr_auc"]
    assert measured[0] == pytest.approx(measured[1], abs=0.03)


def test_levels_and_classes_that_the_sample_hardly_holds_are_known(scheduler, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tables, "SAMPLE", 90)
    rows = table(1500, n_classes=3, seed=3)
    rows["fraud"] = np.where(np.arange(1500) % 300 == 7, "worst", rows.fraud.map({0: "a", 1: "b", 2: "c"}))
    rows["branch"] = np.where(np.arange(1500) == 1333, "nowhere", rows.branch)
    parts = in_parts(rows, tmp_path / "rows", [1000])
    model = library.fit(parts, target="fraud", recipe="class_weight", learner=STUMPS, scheduler=scheduler)
    assert model.manifest.classes == ("a", "b", "c", "worst")
    assert model.manifest.data.counts == tuple((rows.fraud == name).sum() for name in model.classes_)
    levels = {column.name: column.levels for column in model.manifest.columns.columns}
    assert levels["branch"] == ("north", "nowhere", "south", "west")
    assert "of them" in model.manifest.models[0].notes[0]
    near = library.fit(rows, target="fraud", recipe="class_weight", learner=STUMPS)
    gap = np.abs(model.predict_proba(rows) - near.predict_proba(rows)).mean()
    assert gap < 0.03  # bins of 90 rows


def test_the_command_writes_a_model_that_predict_and_eval_use(
    scheduler, tmp_path, imbtool, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = table(900, seed=8)
    in_parts(rows, tmp_path / "claims", [300, 600])
    rows.to_csv("new.csv", index=False)
    done = imbtool(
        *("fit", "claims/part-*.csv", "-t", "fraud", "--recipe", "class_weight+threshold", "-o", "m.imb"),
        *("--engine", "dask", "--scheduler", scheduler),
    )
    assert done.code == 0, done.err
    assert "Trained by 2 workers on 900 rows" in done.out
    assert imbtool("predict", "m.imb", "new.csv", "-o", "scored.csv").code == 0
    assert len(pd.read_csv("scored.csv")) == 900
    done = imbtool("eval", "m.imb", "new.csv", "--gate", "pr_auc >= 0.5", "--no-count")
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"recipe": "smote"}, "smote makes or drops rows"),
        ({"recipe": "easy_ensemble"}, "easy_ensemble trains on parts drawn"),
        ({"recipe": "cooldown"}, "cooldown changes the weights"),
        ({"recipe": "focal"}, "focal minimises a loss"),
        ({"recipe": "commonness"}, "commonness looks at more than the class"),
        ({"learner": "logistic"}, "The learner logistic trains in one process"),
        ({"device": "cuda"}, "A GPU is tried out on one machine"),
        ({"learner": "lightgbm(device=gpu)"}, "A GPU is tried out on one machine"),
        ({"group": "branch"}, "--group needs all rows"),
        ({"time": "day"}, "--time needs all rows"),
        ({"max_rows": 100}, "--max-rows needs all rows"),
        ({"top_k": 5}, "--top-k needs all rows"),
        ({"bootstrap": 20}, "--bootstrap needs all rows"),
        ({"calibration_rows": 0.1}, "--calibration-rows needs all rows"),
    ],
)
@pytest.mark.usefixtures("no_dead_clients")
def test_what_cannot_be_fitted_is_refused_with_the_reason_before_anything_starts(settings, why) -> None:
    said = {"target": "fraud", "recipe": "none", "scheduler": NOWHERE} | settings
    with pytest.raises(UsageError, match=why) as caught:
        library.fit("claims", **said)
    assert caught.value.code == "not-spread"


@pytest.mark.usefixtures("no_dead_clients")
def test_a_scheduler_and_another_engine_are_refused() -> None:
    with pytest.raises(UsageError, match="A scheduler belongs to the engine dask"):
        library.fit("digits8", target="is_eight", recipe="none", engine="serial", scheduler=NOWHERE)


def test_files_that_cannot_be_used_are_named(scheduler, tmp_path) -> None:
    said = {"target": "fraud", "recipe": "none", "scheduler": scheduler}
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "_SUCCESS.csv").touch()
    for source in ("empty", "no-*.csv", "none.csv"):
        with pytest.raises(DataError, match="There is no table in"):
            library.fit(str(tmp_path / source), **said)
    folder = in_parts(table(100), tmp_path / "claims", [50])
    (tmp_path / "claims" / "part-2.csv").write_text("amount,fraud\n1,0\n2,1\n")
    with pytest.raises(
        DataError, match=r"part-2\.csv has other columns than .*part-0\.csv: 'age', 'branch'"
    ) as caught:
        library.fit(folder, **said)
    assert caught.value.code == "files-differ"
    (tmp_path / "claims" / "part-2.csv").write_text("")
    with pytest.raises(DataError, match=r"part-2\.csv is empty"):
        library.fit(folder, **said)
    with pytest.raises(DataError, match="There is no column 'nothing'"):
        library.fit(in_parts(table(100), tmp_path / "good", [50]), **(said | {"target": "nothing"}))


def test_a_worker_that_dies_in_the_middle_of_a_training_ends_it_with_a_clear_error(
    scheduler, tmp_path, monkeypatch
) -> None:
    from distributed import Client

    usual = fitting.Crew.start

    def start(self, function, *arguments):
        running = usual(self, function, *arguments)
        if function is fitting.far.train:
            with Client(self._client.scheduler.address, set_as_default=False) as client:
                victim = client.run(os.getpid, workers=[self.workers[0]])
            time.sleep(0.5)
            os.kill(victim[self.workers[0]], signal.SIGKILL)
        return running

    monkeypatch.setattr(fitting.Crew, "start", start)
    parts = in_parts(table(2000), tmp_path / "claims", [900])
    said = {"target": "fraud", "recipe": "none", "learner": "lightgbm(n_estimators=100000)"}
    with pytest.raises(ImbtoolError, match="worker") as caught:
        library.fit(parts, **said, scheduler=scheduler)
    assert caught.value.code == "worker-lost"


def test_a_training_that_lost_its_partner_says_so_even_before_the_scheduler_does(scheduler) -> None:
    def partner_gone() -> None:
        from lightgbm.basic import LightGBMError

        raise LightGBMError("Socket recv error, Connection reset by peer (code: 104)")

    crew = fitting.Crew(scheduler, most=1)
    try:
        with pytest.raises(ImbtoolError, match="worker") as caught:
            crew.ask(partner_gone, [()])
    finally:
        crew.close()
    assert caught.value.code == "worker-lost"
