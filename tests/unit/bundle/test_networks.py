"""Networks in a bundle: read without PyTorch, refused when made up."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from tests.unit.bundle.test_hostile import MODEL, refused, with_part

from imbtool.bundle.files import from_bytes

FILE = f"{MODEL}.json"


def changed(model, change):
    """Return the bundle with other parameters, its manifest vouching for them."""

    def edit(text: bytes) -> bytes:
        found = json.loads(text)
        change(found)
        return json.dumps(found).encode()

    return with_part(model, FILE, edit)


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.update(bins=0),
        lambda found: found.update(bins=10**9),
        lambda found: found.update(bins=True),
        lambda found: found.update(link="eval"),
        lambda found: found.update(more=1),
        lambda found: found.update(params=[]),
        lambda found: found.update(cosine=1),
        lambda found: found.update(cosine=True),  # there the last layer has a column for each class
        lambda found: found["params"].pop("head.weight"),
        lambda found: found["params"].pop("head_bias"),
        lambda found: found["params"].pop("levels.weight"),
        lambda found: found["params"].pop("hidden1.weight"),
        lambda found: found["params"].update({"hidden2.weight": found["params"]["hidden1.weight"]}),
        lambda found: found["params"].update(
            head_bias={"dtype": "float64", "shape": [4, 1], "values": ["nan"] * 4}
        ),
        lambda found: found["params"].update(head_bias={"dtype": "object", "shape": [1], "values": [0.0]}),
        lambda found: found["params"].update(head_bias={"dtype": "int64", "shape": [1], "values": [0]}),
        lambda found: found["params"]["head.weight"].update(shape=[4, 4, 2]),
        lambda found: found["params"]["head.weight"].update(shape=[8, 4, 1]),
        lambda found: found["params"]["head_bias"].update(shape=[4], values=[0.0] * 4),
        lambda found: found["params"]["levels.weight"].update(shape=[-1, 8]),
        lambda found: found["params"]["hidden0_bias"].update(values=[]),
    ],
)
def test_parameters_that_do_not_fit_are_refused(network, change) -> None:
    refused(changed(network, change), "bundle-invalid")


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"[" * 100_000, b"\x80\x04\x95", b"\xff"])
def test_other_documents_are_refused(network, text) -> None:
    refused(with_part(network, FILE, lambda _: text), "bundle-invalid")


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found["numeric"]["median"]["values"].__setitem__(0, "inf"),
        lambda found: found["centre"]["values"].__setitem__(0, "nan"),
        lambda found: found["spread"]["values"].__setitem__(0, 0.0),
        lambda found: found["spread"].update(shape=[1], values=[1.0]),
        lambda found: found.pop("centre"),
    ],
)
def test_a_view_of_other_columns_is_refused(network, change) -> None:
    def edit(text: bytes) -> bytes:
        found = json.loads(text)
        change(found)
        return json.dumps(found).encode()

    refused(with_part(network, "view.json", edit), "bundle-invalid")


def test_a_model_that_is_untouched_is_read(network, rows) -> None:
    again = from_bytes(network.to_bytes())
    np.testing.assert_array_equal(again.predict_proba(rows), network.predict_proba(rows))


def test_predicting_needs_no_torch(network, rows, tmp_path) -> None:
    network.save(tmp_path / "m.imb")
    rows.to_csv(tmp_path / "rows.csv", index=False)
    code = (
        "import sys, imbtool\n"
        "model = imbtool.load(sys.argv[1])\n"
        "import pandas as pd\n"
        "print(model.predict_proba(pd.read_csv(sys.argv[2], dtype={'code': str})).shape)\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "m.imb"), str(tmp_path / "rows.csv")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "(240, 2)\n", done.stderr
