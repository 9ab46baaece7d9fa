"""scikit-learn estimators through skops: a closed list of types, canonical bytes, trees that are checked."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from imbtool.bundle.archive import pack, unpack
from imbtool.bundle.faults import invalid, unsafe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn.linear_model import LogisticRegression

SCHEMA = "schema.json"
TRUSTED = ("sklearn.tree._tree.Tree",)
_NAMES = re.compile(r"schema\.json|\d{1,9}\.npy")
# Every kind of node that the estimators below are written as: (module, class, loader of skops).
_NODES = frozenset(
    {
        ("builtins", "str", "TypeNode"),
        ("builtins", "str", "JsonNode"),
        ("builtins", "list", "ListNode"),
        ("builtins", "dict", "DictNode"),
        ("builtins", "tuple", "TupleNode"),
        ("numpy", "ndarray", "NdArrayNode"),
        ("numpy", "int64", "NdArrayNode"),
        ("numpy", "float64", "NdArrayNode"),
        ("sklearn.linear_model._logistic", "LogisticRegression", "ObjectNode"),
        ("sklearn.ensemble._forest", "RandomForestClassifier", "ObjectNode"),
        ("sklearn.tree._classes", "DecisionTreeClassifier", "ObjectNode"),
        ("sklearn.tree._tree", "Tree", "TreeNode"),
    }
)


def write_estimator(estimator: Any) -> bytes:
    """Return an estimator in the format of skops, the same bytes for the same estimator.

    skops names arrays by their place in memory; here they are numbered as they come.
    """
    import skops.io

    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(estimator))) as archive:
        schema = json.loads(archive.read(SCHEMA))
        arrays: dict[str, bytes] = {}
        for node in _nodes(schema):
            node.pop("__id__", None)
            if "file" in node:
                name = f"{len(arrays)}.npy"
                arrays[name] = archive.read(node["file"])
                node["file"] = name
    text = json.dumps(schema, separators=(",", ":")).encode()
    # The bundle around it is compressed as a whole.
    return pack({SCHEMA: text, **arrays}, compress=False)


def read_estimator(data: bytes, kind: type, label: str, file: str) -> Any:
    """Return the fitted `kind` that `write_estimator` wrote.

    Raises
    ------
    DataError
        Codes ``bundle-unsafe`` (a type that is not on the list), ``bundle-damaged``, ``bundle-invalid``.
    """
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    where = f"{file} in {label}"
    members = unpack(data, where, _NAMES)
    _check_schema(members, where)
    try:
        found = skops.io.loads(data, trusted=TRUSTED)
    except UntrustedTypesFoundException as error:
        raise unsafe(where, str(error).splitlines()[0]) from error
    except Exception as error:  # skops meets hostile contents with any kind of error
        raise invalid(where, f"{type(error).__name__}: {str(error)[:200]}") from error
    if type(found) is not kind:
        raise invalid(where, f"it holds a {type(found).__name__} instead of a {kind.__name__}")
    return found


def only_to_predict(forest: Any) -> RandomForestClassifier:
    """Return a plain forest with the trees of any forest: nothing but what predicting takes."""
    plain = RandomForestClassifier(n_estimators=len(forest.estimators_), n_jobs=1)
    for name in ("estimators_", "classes_", "n_classes_", "n_outputs_", "n_features_in_"):
        setattr(plain, name, getattr(forest, name))
    return plain


def check_logistic(model: LogisticRegression, n_present: int) -> None:
    """Raise `ValueError` unless there are finite coefficients for the classes."""
    rows = 1 if n_present == 2 else n_present
    coef, intercept = np.asarray(model.coef_), np.asarray(model.intercept_)
    if coef.ndim != 2 or coef.shape[0] != rows:
        raise ValueError(f"coefficients of shape {coef.shape} for {n_present} classes")
    if coef.dtype != np.float64 or intercept.shape != (rows,) or not np.isfinite(coef).all():
        raise ValueError("coefficients that are no finite numbers")
    _check_classes(model.classes_, range(n_present))


def check_forest(forest: RandomForestClassifier, n_features: int, classes: Sequence[int]) -> None:
    """Raise `ValueError` unless every tree can be walked safely.

    scikit-learn follows the children of a node, and reads its feature, without looking whether they
    exist.
    """
    _check_classes(forest.classes_, classes)
    n_present = len(classes)
    scalars = (forest.n_outputs_, forest.n_features_in_, forest.n_classes_)
    if scalars != (1, n_features, n_present) or not forest.estimators_:
        raise ValueError("a forest for another table")
    for number, estimator in enumerate(forest.estimators_):
        tree = estimator.tree_
        if (tree.n_outputs, tree.n_features, tree.max_n_classes) != (1, n_features, n_present):
            raise ValueError(f"tree {number} is for another table")
        if estimator.n_outputs_ != 1 or estimator.n_classes_ != n_present:
            raise ValueError(f"tree {number} is for other classes")
        _check_tree(tree, n_features, number)


def _check_tree(tree: Any, n_features: int, number: int) -> None:
    left, right, feature = tree.children_left, tree.children_right, tree.feature
    inner = np.flatnonzero(left != -1)
    for child in (left[inner], right[inner]):
        if not ((child > inner) & (child < tree.node_count)).all():
            raise ValueError(f"tree {number} has a branch that leads nowhere")
    if not ((feature[inner] >= 0) & (feature[inner] < n_features)).all():
        raise ValueError(f"tree {number} asks for a feature that does not exist")
    if tree.node_count < 1 or not np.isfinite(tree.value).all():
        raise ValueError(f"tree {number} has no finite values")


def _check_classes(found: Any, classes: Sequence[int]) -> None:
    if np.asarray(found).tolist() != list(classes):
        raise ValueError("other classes than the manifest says")


def _nodes(value: Any) -> Any:
    """Yield every node of a skops schema, outermost first."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if "__class__" in item or "__loader__" in item:
                yield item
            stack.extend(reversed(item.values()))
        elif isinstance(item, list):
            stack.extend(reversed(item))


def _check_schema(members: dict[str, bytes], where: str) -> None:
    try:
        schema = json.loads(members[SCHEMA])
    except (KeyError, ValueError, RecursionError) as error:
        raise invalid(where, "it has no schema") from error
    files = []
    for node in _nodes(schema):
        kind = tuple(str(node.get(key)) for key in ("__module__", "__class__", "__loader__"))
        if kind not in _NODES:
            raise unsafe(where, f"it asks for {'.'.join(word[:60] for word in kind)}")
        if "__id__" in node:
            raise unsafe(where, "it refers to objects by place in memory")
        if "file" in node:
            files.append(node["file"])
    if sorted(files, key=str) != sorted((name for name in members if name != SCHEMA), key=str):
        raise unsafe(where, "its arrays are not those that its schema names")
