"""Assembled SMOTE."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from imbtool.methods.resample.blocks import nearest_in_blocks
from imbtool.methods.resample.variants.base import SyntheticSampler, near_among

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.types import BoolArray, FloatArray, IntArray
    from imbtool.methods.resample.variants.base import RareClass

# Edges a row of the graph whose spanning forest is taken.
_EDGES = 20


class AssembledSmote(SyntheticSampler):
    """SMOTE inside pieces of the border of a rare class that run in one direction.

    Parameters
    ----------
    k_neighbors : int, default=5
        Neighbours among all rows that decide the border, and neighbours inside a piece to
        interpolate with; clipped to the size of the piece minus 1.
    least : int, default=2
        Pieces with fewer rows are always joined to the next, at least 1.
    similar : float, default=0.3
        Larger pieces are joined when the cosine between their principal directions, in [0, 1], is
        larger than this.
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Zhou, Yang, Guo, Hu, IJCNN 2013, doi:10.1109/IJCNN.2013.6707035. A rare row is on the border when one
    of its neighbours belongs to another class. The border is cut into pieces along its minimum spanning
    tree (here of the graph of the 20 nearest border rows): its edges are taken from short to long, and
    each either joins the pieces it connects or is cut. The rows off the border are one more piece.
    Every row is as likely to be interpolated from as any other, with a neighbour from its piece; a row
    alone in its piece is repeated. The paper does not say how many rows each piece gets. Cost: a search
    of the rare rows among all rows.
    """

    hull = True

    def __init__(
        self,
        k_neighbors: int = 5,
        least: int = 2,
        similar: float = 0.3,
        ratio: float = 1.0,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.least = least
        self.similar = similar
        self.ratio = ratio
        self.random_state = random_state

    def _made(self, rare: RareClass, n_new: int) -> FloatArray:
        border = _on_border(rare, self.k_neighbors)
        piece = np.zeros(len(rare), dtype=np.int64)
        piece[border] = 1 + pieces(rare.matrix[border], self.least, self.similar)
        base = rare.rng.integers(len(rare), size=n_new)
        partner = base.copy()
        for number in np.unique(piece):
            rows = np.flatnonzero(piece == number)
            asked = np.flatnonzero(piece[base] == number)
            if len(rows) > 1 and len(asked):
                near = rows[near_among(rare.matrix[rows], self.k_neighbors)]
                pick = rare.rng.integers(near.shape[1], size=len(asked))
                partner[asked] = near[np.searchsorted(rows, base[asked]), pick]
        return rare.finished(rare.between(base, partner), base)


def _on_border(rare: RareClass, k: int) -> BoolArray:
    everything = rare.space.distance(rare.part.X)
    found = nearest_in_blocks(everything, everything[rare.rows], min(k + 1, len(everything)))
    border: BoolArray = (rare.part.y[found] != rare.label).any(axis=1)
    return border


def pieces(border: FloatArray, least: int, similar: float) -> IntArray:
    """Return the piece of each border row, 0, 1, ..., shape (n,)."""
    n = len(border)
    member = [[i] for i in range(n)]
    owner = np.arange(n)
    for a, b in _tree(border):
        one, two = int(owner[a]), int(owner[b])
        small = min(len(member[one]), len(member[two])) < least
        if small or _cosine(border[member[one]], border[member[two]]) > similar:
            member[one] += member[two]
            owner[member[two]] = one
            member[two] = []
    return np.unique(owner, return_inverse=True)[1].astype(np.int64)


def _tree(border: FloatArray) -> list[tuple[int, int]]:
    """Return the edges of the minimum spanning forest, short ones first."""
    n = len(border)
    if n < 2:
        return []
    near = near_among(border, _EDGES)
    start = np.repeat(np.arange(n), near.shape[1])
    length = np.linalg.norm(border[start] - border[near.ravel()], axis=1)
    # A length of 0 means no edge there; adding 1 to all does not change the tree.
    tree = minimum_spanning_tree(csr_matrix((length + 1.0, (start, near.ravel())), shape=(n, n))).tocoo()
    order = np.lexsort((tree.col, tree.row, tree.data))
    return list(zip(tree.row[order].tolist(), tree.col[order].tolist(), strict=True))


def _cosine(one: FloatArray, two: FloatArray) -> float:
    """Return the cosine, without its sign, between principal directions; 0 where there is none."""
    return float(abs(_direction(one) @ _direction(two)))


def _direction(rows: FloatArray) -> FloatArray:
    centred = rows - rows.mean(axis=0)
    if not centred.any():
        return np.zeros(rows.shape[1])
    direction: FloatArray = np.linalg.svd(centred, full_matrices=False)[2][0]
    return direction
