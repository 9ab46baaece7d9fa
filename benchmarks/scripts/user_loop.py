"""What a user writes today: cross-validate LightGBM behind every sampler of imbalanced-learn.

Usage: python user_loop.py TABLE.csv FOLDS.npy [--savvy | --tuned] [--only NAME,NAME] [--fold N] [--began T]

Prints one JSON object: method -> average precision of each fold, method -> seconds, and the seconds from the
moment T (of time.time) to the first method. ``--savvy`` trains with one thread and validates with two
processes; ``--tuned`` nests scikit-learn's calibrated and threshold-tuned classifiers inside every fold;
``--fold`` does one fold only.
"""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
from imblearn.combine import SMOTEENN, SMOTETomek
from imblearn.over_sampling import ADASYN, SMOTE, BorderlineSMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import (
    EditedNearestNeighbours,
    NearMiss,
    NeighbourhoodCleaningRule,
    RandomUnderSampler,
    TomekLinks,
)
from lightgbm import LGBMClassifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import TunedThresholdClassifierCV, cross_validate

warnings.simplefilter("ignore")
savvy, tuned = "--savvy" in sys.argv, "--tuned" in sys.argv
table, folds = pd.read_csv(sys.argv[1]), np.load(sys.argv[2])
X, y = table.drop(columns="y").to_numpy(), table["y"].to_numpy()
splits = [(np.flatnonzero(folds != f), np.flatnonzero(folds == f)) for f in np.unique(folds)]
if "--fold" in sys.argv:
    splits = [splits[int(sys.argv[sys.argv.index("--fold") + 1])]]

samplers = {
    "none": None,
    "class_weight": None,
    "random_under": RandomUnderSampler(random_state=0),
    "random_over": RandomOverSampler(random_state=0),
    "smote": SMOTE(random_state=0),
    "borderline_smote": BorderlineSMOTE(random_state=0),
    "adasyn": ADASYN(random_state=0),
    "tomek": TomekLinks(),
    "enn": EditedNearestNeighbours(),
    "ncr": NeighbourhoodCleaningRule(),
    "near_miss": NearMiss(),
    "smote_enn": SMOTEENN(random_state=0),
    "smote_tomek": SMOTETomek(random_state=0),
}
if "--only" in sys.argv:
    wanted = sys.argv[sys.argv.index("--only") + 1].split(",")
    samplers = {name: samplers[name] for name in wanted}

scores, seconds = {}, {}
before = time.time() - float(sys.argv[sys.argv.index("--began") + 1]) if "--began" in sys.argv else 0.0
for name, sampler in samplers.items():
    began = time.perf_counter()
    model = LGBMClassifier(
        verbose=-1,
        random_state=0,
        n_jobs=1 if savvy else None,
        class_weight="balanced" if name == "class_weight" else None,
    )
    model = make_pipeline(sampler, model) if sampler is not None else model
    if tuned:
        model = TunedThresholdClassifierCV(
            CalibratedClassifierCV(model, cv=3, ensemble=False), scoring="f1", cv=3
        )
    found = cross_validate(model, X, y, cv=splits, scoring="average_precision", n_jobs=2 if savvy else None)
    scores[name] = found["test_score"].tolist()
    seconds[name] = time.perf_counter() - began
print(json.dumps({"scores": scores, "seconds": seconds, "before": before}))
