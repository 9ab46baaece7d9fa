"""Rows held back from fitting, and the selection that rests on them."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.unit.bundle.conftest import table

import imbtool
from imbtool.bundle import archive, plain
from imbtool.bundle.files import from_bytes
from imbtool.bundle.request import FitRequest
from imbtool.bundle.reserve import hold_back, rows_wanted
from imbtool.bundle.scoring import score_table
from imbtool.bundle.selecting import Selector
from imbtool.core.errors import DataError, UsageError

LEARNER = {"target": "fraud", "recipe": "isotonic+threshold", "learner": "logistic", "seed": 3}


@pytest.fixture(scope="module")
def claims() -> pd.DataFrame:
    return table(900)


@pytest.fixture(scope="module")
def new() -> pd.DataFrame:
    return table(700, seed=9)


@pytest.fixture(scope="module")
def model(claims):
    return imbtool.fit(claims, calibration_rows=0.4, **LEARNER)


def test_calibration_rows_are_fitted_on_by_nothing(claims, model):
    parted = hold_back(claims, FitRequest(target="fraud", seed=3, calibration_rows=0.4))
    assert len(parted.held) == 360
    assert not set(parted.held.index) & set(parted.fit.index)
    alone = imbtool.fit(parted.fit, **LEARNER)
    assert alone.manifest.data.fingerprint == model.manifest.data.fingerprint
    np.testing.assert_array_equal(alone.predict_proba(claims), model.predict_proba(claims))
    scores, _ = alone.score_whole(alone.encode(parted.held)[0])
    np.testing.assert_array_equal(model.reserve.scores, scores)
    assert model.reserve.codes.tolist() == parted.held.fraud.tolist()
    said = model.manifest.conformal
    assert (said.rows, sum(said.counts), said.how) == (360, 360, "random")


def test_levels_that_only_calibration_rows_have_are_unknown_to_the_model(claims):
    parted = hold_back(claims, FitRequest(target="fraud", seed=3, calibration_rows=0.4))
    odd = claims.copy()
    odd.loc[parted.held.index[:5], "branch"] = "east"
    fitted = imbtool.fit(odd, calibration_rows=0.4, **LEARNER)
    assert "east" not in next(c for c in fitted.manifest.columns.columns if c.name == "branch").levels


def test_a_model_with_calibration_rows_survives_its_file(model, new):
    again = from_bytes(model.to_bytes())
    assert again.to_bytes() == model.to_bytes()
    assert again.manifest == model.manifest
    one, other = model.select(new, fdr=0.2), again.select(new, fdr=0.2)
    assert one.n > 20
    assert (one.rows == other.rows).all()
    assert (one.p_values == other.p_values).all()


def test_a_model_file_from_before_calibration_rows_can_still_be_read(linear):
    parts = archive.unpack(linear.to_bytes(), "it", re.compile(".*"))
    manifest = json.loads(parts["manifest.json"])
    assert manifest.pop("conformal") is None
    parts["manifest.json"] = json.dumps(manifest).encode()
    assert from_bytes(archive.pack(parts)).manifest == linear.manifest


def test_the_false_share_over_draws_of_table_and_new_rows_stays_at_the_target():
    found = []
    for seed in range(40):
        rows = table(700, seed=100 + seed)
        fitted = imbtool.fit(rows[:500], calibration_rows=250, **LEARNER | {"recipe": "none"})
        chosen = fitted.select(rows[500:], fdr=0.3)
        found.append((rows.fraud[500:][chosen.rows] == 0).sum() / max(chosen.n, 1))
    assert np.mean(found) <= 0.3 + 3 * np.std(found) / np.sqrt(len(found))
    assert np.mean(found) > 0.1


def test_a_streamed_table_is_selected_from_like_one_in_memory(model, new, tmp_path, monkeypatch):
    monkeypatch.setattr("imbtool.bundle.incoming._ROWS", 64)
    monkeypatch.setattr("imbtool.bundle.incoming._BLOCK", 4096)
    new.to_csv(tmp_path / "new.csv", index=False)
    new.to_parquet(tmp_path / "new.parquet", index=False)
    expected = model.select(new, fdr=0.25)
    for source in ("new.csv", "new.parquet"):
        sink = io.BytesIO()
        done = score_table(
            model, str(tmp_path / source), sink, keep=["age"], selector=Selector({"m": model}, 0.25)
        )
        found = pd.read_csv(io.BytesIO(sink.getvalue()))
        assert list(found)[-2:] == ["selected", "p_value"]
        assert found.selected.tolist() == expected.rows.tolist()
        assert found.p_value.tolist() == expected.p_values.tolist()
        np.testing.assert_array_equal(found.age, new.age)
        assert (done.selection.selected, done.selection.rows) == (expected.n, 700)


def test_a_table_without_rows_gives_the_columns_of_the_selection(model, new, tmp_path):
    new[:0].to_csv(tmp_path / "none.csv", index=False)
    sink = io.BytesIO()
    done = score_table(model, str(tmp_path / "none.csv"), sink, selector=Selector({"m": model}, 0.1))
    assert sink.getvalue().decode().strip().endswith(",selected,p_value")
    assert done.selection.selected == 0


def test_groups_are_held_back_whole_and_times_from_the_latest(claims):
    frame = claims.assign(customer=np.arange(len(claims)) // 7)
    asked = FitRequest(target="fraud", seed=0, calibration_rows=0.3)
    grouped = hold_back(frame, replace(asked, group="customer"))
    assert grouped.how == "groups"
    assert not set(grouped.held.customer) & set(grouped.fit.customer)
    assert 255 <= len(grouped.held) <= 270
    timed = hold_back(frame, replace(asked, time="day"))
    assert timed.how == "time"
    assert len(timed.held) == 270
    assert timed.held.day.min() > timed.fit.day.max()
    both = hold_back(frame, replace(asked, time="day", group="customer"))
    assert not set(both.held.customer) & set(both.fit.customer)
    assert both.held.day.min() > both.fit.day.max()


def test_rows_of_weight_zero_are_no_calibration_rows(claims):
    frame = claims.assign(w=np.where(np.arange(len(claims)) % 2, 0.0, 1.0))
    parted = hold_back(frame, FitRequest(target="fraud", weight="w", calibration_rows=0.5))
    assert len(parted.held) == 225
    assert (parted.held.w > 0).all()


def test_several_models_share_their_calibration_rows_or_are_refused(claims, model, new):
    other = imbtool.fit(claims, calibration_rows=0.4, **LEARNER | {"learner": "lightgbm(n_estimators=9)"})
    both = model.select(new, fdr=0.2, others=[other])
    assert both.n > 20
    assert set(both.by) <= {0, 1}
    apart = imbtool.fit(claims, calibration_rows=0.4, **LEARNER | {"seed": 4})
    with pytest.raises(DataError, match="not fitted without the same calibration rows") as caught:
        model.select(new, fdr=0.2, others=[apart])
    assert caught.value.code == "calibration-rows-differ"


def test_of_several_classes_one_is_named():
    rows = table(900, n_classes=3)
    fitted = imbtool.fit(rows, calibration_rows=0.4, **LEARNER | {"recipe": "none"})
    with pytest.raises(UsageError, match="Which class is to be selected") as caught:
        fitted.select(rows, fdr=0.2)
    assert caught.value.code == "fdr-class"
    with pytest.raises(UsageError, match="knows no class 'x'"):
        fitted.select(rows, fdr=0.2, label="x")
    new = table(700, n_classes=3, seed=8)
    chosen = fitted.select(new, fdr=0.2, label=2)
    assert chosen.n > 10
    assert (new.fraud[chosen.rows] != 2).mean() < 0.4


def test_a_model_without_calibration_rows_names_the_command_that_makes_them(linear, new):
    with pytest.raises(DataError) as caught:
        linear.select(new, fdr=0.1)
    assert caught.value.code == "no-calibration-rows"
    assert "--calibration-rows 0.2 -o model.imb" in caught.value.hint
    assert "--recipe sigmoid --learner logistic" in caught.value.hint


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d | {"scores": d["scores"][:-1]},
        lambda d: d | {"codes": d["codes"] + 2},
        lambda d: d | {"codes": d["codes"].astype(float)},
        lambda d: d | {"scores": np.where(d["scores"] > 0.5, np.nan, d["scores"])},
        lambda d: {"scores": d["scores"]},
        lambda d: {"scores": [1], "codes": [2]},
    ],
)
def test_calibration_rows_that_were_made_up_are_refused(model, spoil):
    written = {"scores": model.reserve.scores, "codes": model.reserve.codes}
    bad = model.holding(model.manifest, model.reserve, {"conformal.json": plain.dumps(spoil(written))})
    with pytest.raises(DataError) as caught:
        from_bytes(bad.to_bytes())
    assert caught.value.code == "bundle-invalid"


def test_calibration_rows_are_a_share_or_a_whole_number():
    assert [rows_wanted(asked, 100) for asked in (0.2, 0.98, 1, 25, 98)] == [20, 98, 1, 25, 98]
    for asked, n in ((0.001, 100), (99, 100), (2.5, 100), (0.5, 2)):
        with pytest.raises(UsageError) as caught:
            rows_wanted(asked, n)
        assert caught.value.code == "calibration-rows"


def test_what_is_said_of_a_selection(model, new):
    chooser = Selector({"m.imb": model}, 0.2)
    found = chooser.summary(chooser.select([chooser.column(0, model.score_whole(model.encode(new)[0])[0])]))
    first, second = found.sentences()
    assert first.startswith(f"{found.selected} of 700 rows selected as '1'; on average at most 20 %")
    assert "drawn from the same population as the 360 calibration rows" in second
    none = replace(found, selected=0, fewest=40)
    assert none.sentences()[0] == (
        "no row of 700 rows can be selected as '1' at a rate of 20 %: with 360 calibration rows, "
        "40 or more would have to score above nearly all others"
    )
    assert "the latest ones of the training table" in replace(found, how="time").sentences()[1]
    assert "nearly" in replace(found, how="groups", weighted=True).sentences()[1]
    each = replace(found, by_model={"a": 3, "b": 4}).sentences()
    assert each[1] == "of 2 models one was chosen for each row: 3 by a, 4 by b"
