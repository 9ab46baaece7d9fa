"""Finding out whether LightGBM can train on a GPU never harms the process that asks."""

from __future__ import annotations

import subprocess
import sys

import pytest

import imbtool
from imbtool.core.errors import UsageError
from imbtool.evaluation.plan import read_learners
from imbtool.learners.lightgbm import LightGBMLearner, device
from imbtool.recipe.parser import parse_learner


@pytest.fixture(autouse=True)
def _forgotten():
    device.fault.cache_clear()
    yield
    device.fault.cache_clear()


def answers(monkeypatch, code: str) -> list[str]:
    """Let another program stand for the tiny training; return the devices that it is asked for."""
    asked: list[str] = []
    usual = subprocess.run

    def run(command, **how):
        asked.append(command[-1])
        return usual([sys.executable, "-c", code, command[-1]], **how)

    monkeypatch.setattr(device.subprocess, "run", run)
    return asked


def test_the_tiny_training_itself_works_on_the_device_that_is_always_there() -> None:
    assert device.fault("cpu") == ""


def test_a_device_that_lightgbm_does_not_know_is_said_in_its_words() -> None:
    assert "nonsense" in device.fault("nonsense")


def test_cuda_is_taken_before_opencl_and_asked_for_once(monkeypatch) -> None:
    asked = answers(monkeypatch, "")
    assert [device.pick_device(word) for word in ("auto", "cuda", "auto")] == ["cuda"] * 3
    assert asked == ["cuda"]


def test_opencl_stands_in_for_a_build_without_cuda(monkeypatch) -> None:
    asked = answers(monkeypatch, "import sys; sys.exit(sys.argv[1] == 'cuda')")
    assert device.pick_device("cuda") == "gpu"
    assert asked == ["cuda", "gpu"]


def test_a_driver_that_ends_the_process_ends_another_one(monkeypatch) -> None:
    answers(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert device.pick_device("auto") == "cpu"
    with pytest.raises(UsageError, match="cuda: a tiny training was ended by SIGSEGV; gpu:") as caught:
        device.pick_device("cuda")
    assert caught.value.code == "no-device"
    assert "USE_CUDA=ON" in caught.value.hint


def test_a_driver_that_hangs_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr(device, "PATIENCE", 0.5)
    answers(monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(UsageError, match="did not end within 0 s"):
        device.pick_device("gpu")


def test_the_cpu_needs_no_trial(monkeypatch) -> None:
    asked = answers(monkeypatch, "raise SystemExit(1)")
    assert device.pick_device("cpu") == "cpu"
    assert asked == []


def test_the_device_reaches_lightgbm_and_the_default_says_nothing_of_it() -> None:
    assert LightGBMLearner(device="cuda").training_params(0)["device_type"] == "cuda"
    assert "force_row_wise" not in LightGBMLearner(device="cuda").training_params(0)
    assert "device_type" not in LightGBMLearner().training_params(0)


@pytest.mark.parametrize(
    ("learner", "asked", "works", "found"),
    [
        ("lightgbm", None, "cuda", "lightgbm"),
        ("lightgbm", "cpu", "cuda", "lightgbm"),
        ("lightgbm", "auto", "", "lightgbm"),
        ("lightgbm", "auto", "cuda", "lightgbm(device=cuda)"),
        ("lightgbm", "cuda", "gpu", "lightgbm(device=gpu)"),
        ("lightgbm(device=auto,num_leaves=4)", None, "gpu", "lightgbm(device=gpu,num_leaves=4)"),
        ("logistic", "cuda", "", "logistic"),
    ],
)
def test_results_are_kept_under_the_device_that_trains(monkeypatch, learner, asked, works, found) -> None:
    monkeypatch.setattr(device, "fault", lambda name: "" if name == works else "none here")
    placed, _ = read_learners(learner, device=asked)
    assert placed == (parse_learner(found),)


def test_a_comparison_that_asks_for_a_gpu_in_vain_ends_before_it_trains(monkeypatch) -> None:
    monkeypatch.setattr(device, "fault", lambda name: "none here")
    with pytest.raises(
        UsageError, match="LightGBM cannot train on a GPU here: cuda: none here; gpu: none here"
    ):
        imbtool.compare("breast_rare", target="diagnosis", learners="lightgbm", methods="none", device="cuda")
    with pytest.raises(UsageError, match="no device 'tpu'"):
        imbtool.compare("breast_rare", target="diagnosis", learners="logistic", methods="none", device="tpu")


def test_auto_without_a_gpu_changes_nothing_and_cuda_says_who_searches(monkeypatch) -> None:
    monkeypatch.setattr(device, "fault", lambda name: "none here")
    monkeypatch.setattr("imbtool.learners.nearness.find_spec", lambda name: None)
    asked = {"learners": "logistic", "methods": "smote", "folds": 2, "repeats": 1, "jobs": 1, "prove": False}
    found = {
        name: imbtool.compare("breast_rare", target="diagnosis", device=name, **asked).comparison
        for name in ("auto", "cuda")
    }
    plain = imbtool.compare("breast_rare", target="diagnosis", **asked).comparison
    for comparison in found.values():
        assert repr([t.metrics for t in comparison.trials]) == repr([t.metrics for t in plain.trials])
    assert "Neighbours are searched on the CPU: PyTorch is not installed." in found["cuda"].notes
    assert not any("Neighbours are searched" in note for note in found["auto"].notes)
