"""BatchFormer."""

from __future__ import annotations

from imbtool.core.training import MixedRows
from imbtool.methods.estimator import Estimator


class BatchFormer(Estimator):
    """Pass the features of a batch through attention between its rows, beside the network, while training.

    Parameters
    ----------
    heads : int, default=4
        Heads of the attention, at least 1; they divide the width of the network.

    Notes
    -----
    Hou, Yu, Tao, CVPR 2022, arXiv 2203.01522: one transformer encoder layer whose sequence is the batch; both
    the features and what becomes of them go through the same last layer, and the loss is the mean of the two.
    It is gone when the network predicts, so that a score depends on its row alone. Rare rows borrow from the
    frequent ones beside them. Departure: dropout inside is that of the last hidden layer instead of 0.5.
    Costs some plain trainings.
    """

    def __init__(self, heads: int = 4) -> None:
        self.heads = heads

    def change(self) -> MixedRows:
        """Return what is changed; see `imbtool.core.training.TrainingMethod`."""
        return MixedRows(heads=self.heads)
