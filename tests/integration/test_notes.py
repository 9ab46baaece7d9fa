"""What an ensemble has to say stands in the report, not in the model alone."""

import numpy as np
import pandas as pd

from imbtool import compare
from imbtool.methods.ensemble import boosting


def test_an_ensemble_that_stops_early_is_noted_in_every_report(monkeypatch):
    # Whatever a member achieves counts as no better than chance, so that boosting ends after the first.
    monkeypatch.setattr(boosting, "CHANCE", 0.0)
    rng = np.random.default_rng(0)
    y = (np.arange(160) % 4 == 0).astype(int)
    frame = pd.DataFrame({"x": y + rng.random(160), "z": rng.random(160), "y": y})
    report = compare(
        frame,
        target="y",
        methods="rus_boost+threshold,rus_boost",
        learners="lightgbm",
        folds=3,
        repeats=1,
        jobs=1,
    )
    rows = {row.recipe: row for row in report.comparison.methods}
    for recipe in ("rus_boost", "rus_boost+threshold"):
        assert rows[recipe].status == "ok"
        assert "rus_boost stopped with 1 of 10 members" in rows[recipe].reason
    assert rows["none"].reason == ""
    for text in (report.to_markdown(), report.to_html()):
        assert "stopped with 1 of 10 members" in text.replace("\\", "")
