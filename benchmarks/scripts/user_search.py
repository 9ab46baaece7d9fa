"""How long one search of all training rows takes, from a part of them: Tomek, ENN and NCR each do one.

Usage: python user_search.py TABLE.csv FOLDS.npy
"""

import json
import sys
import time

import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors

PART = 20_000

table, folds = pd.read_csv(sys.argv[1]), np.load(sys.argv[2])
X = table.drop(columns="y").to_numpy()[folds != 0]
index = NearestNeighbors(n_neighbors=4).fit(X)
began = time.perf_counter()
index.kneighbors(X[:PART], return_distance=False)
print(json.dumps({"seconds": (time.perf_counter() - began) * len(X) / PART}))
