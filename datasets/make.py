"""Build the data sets of this folder and their index: ``python datasets/make.py``.

Everything comes from data that scikit-learn bundles, or from a generator below; the same versions of
NumPy and scikit-learn write the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits, load_wine

HERE = Path(__file__).resolve().parent
CC_BY = "CC BY 4.0"


def digits8() -> pd.DataFrame:
    """Return the 8 x 8 images of handwritten digits, marked whether they are eights."""
    bunch = load_digits()
    names = [f"pixel_{row}_{column}" for row in range(8) for column in range(8)]
    frame = pd.DataFrame(bunch.data.astype(int), columns=names)
    return frame.assign(is_eight=(bunch.target == 8).astype(int))


def breast_rare() -> pd.DataFrame:
    """Return cell measurements, all benign tumours and 30 malignant ones drawn at random."""
    bunch = load_breast_cancer(as_frame=True)
    frame = bunch.frame.rename(columns=lambda name: name.replace(" ", "_")).drop(columns="target")
    frame["diagnosis"] = np.where(bunch.target == 0, "malignant", "benign")
    malignant = frame.index[frame["diagnosis"] == "malignant"]
    kept = np.random.default_rng(0).choice(malignant, 30, replace=False)
    return frame[(frame["diagnosis"] == "benign") | frame.index.isin(kept)]


def wine_rare() -> pd.DataFrame:
    """Return chemical measurements of wines of three growers, 12 wines of the third drawn at random."""
    bunch = load_wine(as_frame=True)
    frame = bunch.frame.rename(columns={"od280/od315_of_diluted_wines": "od280_od315"}).drop(columns="target")
    frame["grower"] = bunch.target.map({0: "A", 1: "B", 2: "C"})
    third = frame.index[frame["grower"] == "C"]
    kept = np.random.default_rng(0).choice(third, 12, replace=False)
    return frame[(frame["grower"] != "C") | frame.index.isin(kept)]


def machines(n_rows: int = 5000, seed: int = 0) -> pd.DataFrame:
    """Return SYNTHETIC shifts of machines, about 3 percent of which end in a failure.

    Age, load, temperature, overdue service and two sites raise the risk, load and temperature
    together more than alone; oil samples are taken from every third machine or so, more often from
    old ones (missing values are informative); a few temperatures are lost at random; `batch` is noise.
    """
    rng = np.random.default_rng(seed)
    site = rng.choice(["Bergen", "Cork", "Delft", "Esbjerg", "Faro"], n_rows, p=[0.35, 0.3, 0.2, 0.1, 0.05])
    model = rng.choice(["M100", "M200", "M300X"], n_rows, p=[0.5, 0.35, 0.15])
    age = rng.gamma(2.5, 2.0, n_rows)
    load = rng.beta(4, 3, n_rows) * 100
    temperature = 40 + 0.3 * load + rng.normal(0, 6, n_rows)
    overdue = rng.random(n_rows) < 0.2
    last_service = pd.Timestamp("2024-06-30") - pd.to_timedelta(
        np.where(overdue, rng.integers(200, 500, n_rows), rng.integers(1, 200, n_rows)), unit="D"
    )
    oil = rng.lognormal(1.0 + 0.08 * age, 0.5)
    oil_taken = rng.random(n_rows) < np.clip(0.15 + 0.05 * age, 0, 0.9)
    risk = (
        -6.1
        + 0.22 * age
        + 0.02 * (load - 57)
        + 0.0022 * np.clip(load - 60, 0, None) * np.clip(temperature - 58, 0, None)
        + 1.1 * overdue
        + np.select([site == "Faro", site == "Esbjerg"], [1.3, 0.6], 0.0)
        + 0.7 * (model == "M300X")
        + 0.08 * oil
    )
    failed = rng.random(n_rows) < 1 / (1 + np.exp(-risk))
    temperature[rng.random(n_rows) < 0.04] = np.nan
    return pd.DataFrame(
        {
            "shift_id": np.arange(1, n_rows + 1),
            "site": site,
            "model": model,
            "batch": rng.choice([f"B{i:02d}" for i in range(40)], n_rows),
            "age_years": age.round(1),
            "load_percent": load.round(1),
            "temperature_c": temperature.round(1),
            "service_overdue": np.where(overdue, "yes", "no"),
            "last_service": last_service.strftime("%Y-%m-%d"),
            "oil_iron_ppm": np.where(oil_taken, oil.round(2), np.nan),
            "failed": np.where(failed, "yes", "no"),
        }
    )


BUNDLED = (
    (
        digits8,
        "is_eight",
        "Handwritten digits, the eights against the rest",
        CC_BY,
        "scikit-learn load_digits; UCI Optical Recognition of Handwritten Digits, doi:10.24432/C50P49",
    ),
    (
        breast_rare,
        "diagnosis",
        "Breast tumours, malignant ones thinned to 30",
        CC_BY,
        "scikit-learn load_breast_cancer; UCI Breast Cancer Wisconsin (Diagnostic), doi:10.24432/C5DW2B",
    ),
    (
        wine_rare,
        "grower",
        "Wines of three growers, the third thinned to 12",
        CC_BY,
        "scikit-learn load_wine; UCI Wine, doi:10.24432/C5PC7J",
    ),
    (
        machines,
        "failed",
        "SYNTHETIC machine failures: numbers, categories, dates, gaps",
        "CC0 1.0",
        "made up by datasets/make.py",
    ),
)

# Name, target, rows, features, imbalance: the table in imbalanced-learn's documentation.
ZENODO = """
ecoli|UCI, target: imU|336|7|8.6
optical_digits|UCI, target: 8|5620|64|9.1
satimage|UCI, target: 4|6435|36|9.3
pen_digits|UCI, target: 5|10992|16|9.4
abalone|UCI, target: 7|4177|10|9.7
sick_euthyroid|UCI, target: sick euthyroid|3163|42|9.8
spectrometer|UCI, target: >=44|531|93|11
car_eval_34|UCI, target: good, v good|1728|21|12
isolet|UCI, target: A, B|7797|617|12
us_crime|UCI, target: >0.65|1994|100|12
yeast_ml8|LIBSVM, target: 8|2417|103|13
scene|LIBSVM, target: >one label|2407|294|13
libras_move|UCI, target: 1|360|90|14
thyroid_sick|UCI, target: sick|3772|52|15
coil_2000|KDD, CoIL, target: minority|9822|85|16
arrhythmia|UCI, target: 06|452|278|17
solar_flare_m0|UCI, target: M->0|1389|32|19
oil|UCI, target: minority|937|49|22
car_eval_4|UCI, target: vgood|1728|21|26
wine_quality|UCI, wine, target: <=4|4898|11|26
letter_img|UCI, target: Z|20000|16|26
yeast_me2|UCI, target: ME2|1484|8|28
webpage|LIBSVM, w7a, target: minority|34780|300|33
ozone_level|UCI, ozone, data|2536|72|34
mammography|UCI, target: minority|11183|6|42
protein_homo|KDD CUP 2004, minority|145751|74|111
abalone_19|UCI, target: 19|4177|10|130
"""
KDD = (
    ("kddcup99_smtp", "smtp", 95156, 3, 3170.9, "mail connections"),
    ("kddcup99_http", "http", 567498, 3, 255.7, "web connections"),
    ("kddcup99_sa", "SA", 100655, 41, 28.8, "all normal and 3 percent attacks, a tenth of the data"),
    ("kddcup99_sf", "SF", 73237, 4, 21.2, "logged-in connections, a tenth of the data"),
)


def fetchable() -> list[dict[str, object]]:
    """Return the rows of the sets that other libraries' fetchers can download."""
    rows: list[dict[str, object]] = []
    for line in ZENODO.split("\n"):
        if not line:
            continue
        name, what, n_rows, features, ratio = line.split("|")
        rows.append(
            _fetched(name, what, int(n_rows), int(features), float(ratio), "zenodo", name)
            | {"origin": "imbalanced-learn fetch_datasets; Zenodo record 61452"}
        )
    for name, key, n_rows, features, ratio, what in KDD:
        summary = f"Network attacks among {what}"
        rows.append(
            _fetched(name, summary, n_rows, features, ratio, "kddcup99", key)
            | {"origin": "scikit-learn fetch_kddcup99; KDD Cup 1999"}
        )
    cover = {"origin": "scikit-learn fetch_covtype; UCI Covertype", "licence": CC_BY}
    rows.append(_fetched("covtype_4", "Forest cover: type 4", 581012, 54, 210.5, "covtype", "4") | cover)
    rows.append(
        _fetched("covtype", "Forest cover: seven types", 581012, 54, 103.1, "covtype", "all")
        | cover
        | {"classes": 7}
    )
    rows.append(
        _fetched("creditcard", "Credit card fraud", 284807, 30, 577.9, "openml", "1597")
        | {"origin": "scikit-learn fetch_openml; OpenML 1597", "licence": "DbCL 1.0"}
    )
    return rows


def _fetched(
    name: str, summary: str, rows: int, features: int, imbalance: float, fetcher: str, key: str
) -> dict[str, object]:
    return {
        "name": name,
        "summary": summary,
        "target": "target",
        "rows": rows,
        "features": features,
        "imbalance": imbalance,
        "licence": "see the origin",
        "file": f"{name}.parquet",
        "fetcher": fetcher,
        "key": key,
    }


def main() -> None:
    """Write the CSV files and ``index.json``."""
    rows = []
    for build, target, summary, licence, origin in BUNDLED:
        frame = build()
        name = build.__name__
        frame.to_csv(HERE / f"{name}.csv", index=False, lineterminator="\n")
        counts = frame[target].value_counts()
        rows.append(
            {
                "name": name,
                "summary": summary,
                "target": target,
                "rows": len(frame),
                "features": frame.shape[1] - 1,
                "classes": len(counts),
                "imbalance": round(float(counts.max() / counts.min()), 1),
                "origin": origin,
                "licence": licence,
                "synthetic": build is machines,
                "file": f"{name}.csv",
            }
        )
        print(f"{name}: {frame.shape[0]} rows, {frame.shape[1] - 1} features, {dict(counts)}")
    index = {"schema_version": 1, "bundled": rows, "fetchable": fetchable()}
    (HERE / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
