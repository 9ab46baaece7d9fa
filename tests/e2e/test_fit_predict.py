"""Fitting and predicting as processes of their own."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import numpy as np
import pandas as pd
from tests.e2e.process import clean_environment, imbtool, table

import imbtool as library

FIT = ("fit", "claims.csv", "-t", "fraud", "--recipe", "isotonic+threshold", "-q", "-o")


def test_processes_make_the_same_bytes_predict_the_same_numbers_and_survive_a_closed_pipe(claims):
    done = imbtool(*FIT, "model.imb")
    assert (done.returncode, done.stderr) == (0, "")
    here = library.fit("claims.csv", target="fraud", recipe="isotonic+threshold")
    assert (claims.parent / "model.imb").read_bytes() == here.to_bytes()

    done = imbtool("predict", "model.imb", "-", "-q", input=claims.read_text(encoding="utf-8"))
    assert (done.returncode, done.stderr) == (0, "")
    found = list(csv.DictReader(io.StringIO(done.stdout)))
    rows = pd.read_csv(claims)
    expected = here.predict_proba(rows)[:, 0]
    np.testing.assert_allclose([float(r["probability_0"]) for r in found], expected, rtol=0, atol=1e-12)
    assert [int(r["decision"]) for r in found] == here.predict(rows).tolist()

    claims.write_text(table(60_000), encoding="utf-8")
    command = [sys.executable, "-m", "imbtool", "predict", "model.imb", "claims.csv"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment()
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "decision,probability_0,probability_1\n"
        run.stdout.close()
        assert run.stderr is not None
        told = run.stderr.read()
    assert (run.returncode, "rror" in told) == (0, False)
