"""LightGBM models as text, checked before LightGBM reads it.

LightGBM follows child numbers and slices the text by the sizes it states without looking whether they
exist, so a text made up to do harm could read foreign memory or never return. What is checked here are
all numbers that it uses as positions.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_END = "end of trees"
_HEADER = frozenset(
    {
        *("version", "num_class", "num_tree_per_iteration", "label_index", "max_feature_idx"),
        *("objective", "feature_names", "feature_infos", "tree_sizes"),
    }
)
_PER_LEAF = ("leaf_value", "leaf_weight", "leaf_count")
_PER_NODE = (
    *("split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child"),
    *("internal_value", "internal_weight", "internal_count"),
)
_TREE = frozenset(
    {
        *_PER_LEAF,
        *_PER_NODE,
        *("num_leaves", "num_cat", "cat_boundaries", "cat_threshold", "is_linear", "shrinkage"),
    }
)
_CATEGORICAL = 1
_MOST_LEAVES = 131_072


def checked_text(data: bytes, n_features: int, n_present: int) -> str:
    """Return the trees of a model text, without what follows them; raise `ValueError` for a bad one.

    Parameters
    ----------
    data : bytes
        What ``Booster.model_to_string`` wrote.
    n_features : int
    n_present : int
        Classes that the model tells apart.
    """
    text = data.decode("ascii")
    head, separator, rest = text.partition("\n\n")
    lines = head.split("\n")
    if lines[0] != "tree" or not separator:
        raise ValueError("it does not start like one")
    header = _fields(lines[1:], _HEADER)
    _check_header(header, n_features, n_present)
    sizes = [int(size) for size in header["tree_sizes"].split(" ")] if header["tree_sizes"] else []
    per_round = 1 if n_present == 2 else n_present
    if not sizes or min(sizes) < 1 or len(sizes) % per_round:
        raise ValueError(f"{len(sizes)} trees for {n_present} classes")
    place = 0
    for number, size in enumerate(sizes):
        block = rest[place : place + size]
        place += size
        if not block.startswith(f"Tree={number}\n") or not block.endswith("\n\n"):
            raise ValueError(f"tree {number} is not where it should be")
        _check_tree(_fields(block.split("\n")[1:], _TREE), n_features)
    if not rest[place:].startswith(f"{_END}\n"):
        raise ValueError("it has no end")
    return f"{head}\n\n{rest[:place]}{_END}\n"


def _fields(lines: list[str], known: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in filter(None, lines):
        key, _, value = line.partition("=")
        if key not in known or key in found:
            raise ValueError(f"it has the unknown line {line[:60]!r}")
        found[key] = value
    return found


def _check_header(header: Mapping[str, str], n_features: int, n_present: int) -> None:
    per_round = 1 if n_present == 2 else n_present
    expected = {
        "version": "v4",
        "num_class": str(per_round),
        "num_tree_per_iteration": str(per_round),
        "label_index": "0",
        "max_feature_idx": str(n_features - 1),
    }
    for key, value in expected.items():
        if header.get(key) != value:
            raise ValueError(f"`{key}` is {header.get(key, '')[:40]!r} instead of {value!r}")
    known = _objectives(n_present)
    if header.get("objective") not in known:
        raise ValueError(f"`objective` is {header.get('objective', '')[:40]!r} instead of {known[0]!r}")
    for key in ("feature_names", "feature_infos"):
        if len(header.get(key, "").split(" ")) != n_features:
            raise ValueError(f"`{key}` are not {n_features}")
    if "tree_sizes" not in header:
        raise ValueError("`tree_sizes` is missing")


def _objectives(n_present: int) -> tuple[str, ...]:
    """Return LightGBM's names for what its predictions read raw scores by."""
    if n_present == 2:
        return ("binary sigmoid:1",)
    return f"multiclass num_class:{n_present}", f"multiclassova num_class:{n_present} sigmoid:1"


def _check_tree(tree: Mapping[str, str], n_features: int) -> None:
    n_leaves, n_cat = int(tree["num_leaves"]), int(tree["num_cat"])
    if not 1 <= n_leaves <= _MOST_LEAVES or n_cat < 0 or tree.get("is_linear", "0") != "0":
        raise ValueError("a tree has no leaves, too many or linear ones")
    if not all(map(math.isfinite, _numbers(tree, "leaf_value", n_leaves))):
        raise ValueError("a leaf has no finite value")
    if n_leaves == 1:
        return
    for names, size in ((_PER_LEAF, n_leaves), (_PER_NODE, n_leaves - 1)):
        for name in names:
            _numbers(tree, name, size)
    left, right, kinds, features = (
        [int(x) for x in _words(tree, name)]
        for name in ("left_child", "right_child", "decision_type", "split_feature")
    )
    if not all(0 <= feature < n_features for feature in features):
        raise ValueError("a tree asks for a feature that does not exist")
    for node, children in enumerate(zip(left, right, strict=True)):
        if not all(node < child < n_leaves - 1 or -n_leaves <= child < 0 for child in children):
            raise ValueError("a tree has a branch that leads nowhere")
    thresholds = _numbers(tree, "threshold", n_leaves - 1)
    places = [t for t, kind in zip(thresholds, kinds, strict=True) if kind & _CATEGORICAL]
    _check_categories(tree, n_cat, places)


def _check_categories(tree: Mapping[str, str], n_cat: int, places: list[float]) -> None:
    if not all(place == int(place) and 0 <= place < n_cat for place in places):
        raise ValueError("a tree asks for levels that it does not have")
    if n_cat:
        bounds = [int(x) for x in _numbers(tree, "cat_boundaries", n_cat + 1)]
        rising = all(a <= b for a, b in pairwise(bounds))
        if bounds[0] != 0 or not rising:
            raise ValueError("a tree has levels in disorder")
        _numbers(tree, "cat_threshold", bounds[-1])


def _words(tree: Mapping[str, str], name: str) -> list[str]:
    text = tree.get(name, "")
    return text.split(" ") if text else []


def _numbers(tree: Mapping[str, str], name: str, size: int) -> list[float]:
    numbers = [float(word) for word in _words(tree, name)]
    if len(numbers) != size:
        raise ValueError(f"a tree has {len(numbers):,} numbers in `{name}` instead of {size:,}")
    return numbers
