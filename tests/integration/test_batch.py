"""A batch says what its comparisons say."""

from __future__ import annotations

import pytest

import imbtool


def test_the_cells_of_a_batch_are_the_estimates_of_comparisons() -> None:
    shared = {
        "metric": "f1",
        "threshold_metric": "mcc",
        "rope": 0.02,
        "folds": 2,
        "repeats": 1,
        "max_rows": 150,
    }
    own = {"methods": "random_over", "learners": "logistic"}
    seeds = [0, 3]
    data = [{"path": "wine_rare"}, {"path": "machines"}]
    report = imbtool.batch(
        {"defaults": shared | own | {"seeds": seeds}, "data": data}, jobs=1, engine="serial"
    )

    targets = {"wine_rare": "grower", "machines": "failed"}
    for name, target in targets.items():
        runs = [
            imbtool.compare(name, target=target, **shared, **own, seed=seed, jobs=1, engine="serial")
            for seed in seeds
        ]
        for recipe, key in (("none", "f1_default"), ("threshold", "f1"), ("random_over", "f1")):
            expected = [run.methods.set_index("recipe").loc[recipe, key] for run in runs]
            cell = next(c for c in report.batch.cells if (c.data, c.recipe) == (name, recipe))
            assert cell.by_seed == pytest.approx(expected)
            assert cell.value == pytest.approx(sum(expected) / 2)
        told = next(run for run in report.batch.data if run.name == name)
        assert told.verdicts == tuple(run.verdict.kind for run in runs)
    assert report.batch.settings == {
        "metric": "f1",
        "threshold_metric": "mcc",
        "rope": 0.02,
        "by_recipe": True,
    }
    assert not report.answer.tested


def test_a_batch_in_python_takes_a_file_and_resumes_from_a_store(tmp_path) -> None:
    suite = tmp_path / "suite.toml"
    suite.write_text(
        "[defaults]\nlearners = 'logistic'\nmethods = 'none'\nfolds = 2\nrepeats = 1\n"
        "[[data]]\npath = 'wine_rare'\n"
    )
    heard = []

    class Heard:
        def start(self, total, description): ...
        def advance(self, done, description): ...
        def note(self, text):
            heard.append(text)

        def finish(self): ...

    how = {"store": tmp_path / "t.db", "jobs": 1, "engine": "serial"}
    first = imbtool.batch(suite, **how)
    again = imbtool.batch(str(suite), **how, progress=Heard())
    assert any("trials are in the store already" in text for text in heard)
    assert again.ranks.equals(first.ranks)
    assert again.values.equals(first.values)
