"""The network as one scikit-learn classifier."""

from __future__ import annotations

from typing import Any

from imbtool import registry
from imbtool.core.params import check_params
from imbtool.recipe.estimator import Recipe
from imbtool.recipe.spec import LearnerSpec

_OWN = "random_state"


class TorchClassifier(Recipe):
    """A neural network for tables, in PyTorch: numbers, text, categories, dates and missing cells.

    It is `Recipe` with the learner ``torch`` and nothing done about the classes; for samplers, losses,
    calibrators and thresholds write ``Recipe("...", learner="torch")``.

    Parameters
    ----------
    members : int, default=4
        Networks of other seeds whose probabilities are averaged; they train together.
    epochs : int, default=20
        Most passes over the training rows.
    learning_rate : float, default=0.002
        Of AdamW, at its highest.
    weight_decay : float, default=1.0
        Decoupled.
    dropout : float, default=0.2
        Share of hidden units left out in a step, in [0, 0.95].
    width, depth : int, default=96, 2
        Units of a hidden layer, and number of these.
    bins : int, default=16
        Bins of the piecewise-linear encoding of a number.
    batch_size : int or None, default=None
        Rows of a step; None makes about forty steps of an epoch.
    held : float, default=0.0
        Share of the training rows, stratified, that choose the epoch; 0 trains all epochs on all rows.
    stop_metric : {"log_loss", "pr_auc", "roc_auc"}, default="log_loss"
        What the epoch is chosen by.
    patience : int, default=10
        Epochs without a better value before training stops.
    device : {"auto", "cpu", "cuda"}, default="auto"
        Where to train; it predicts on the CPU.
    double : bool, default=False
        Train in double precision.
    mixed : bool, default=False
        Take the largest products, those with the encoded numbers, in half precision (bfloat16) on CUDA.
        Faster, and another network by a little. On the CPU, which needs no such products, and with `double`,
        it changes nothing.
    random_state : int, RandomState or None, default=0
        Same seed, same bytes on the CPU, whatever the number of threads.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    n_features_in_ : int
        Columns seen in `fit`.
    feature_names_in_ : ndarray of str
        Their names, when `X` was a data frame.

    Raises
    ------
    MissingExtraError
        By `fit`: PyTorch is not installed.
    UsageError
        By `fit`: a parameter is out of its range.

    Notes
    -----
    See `imbtool.learners.torch.network.Network` for the network and its sources.
    """

    recipe = "none"
    threshold_metric = "f1"
    inner_folds = 3

    def __init__(
        self,
        *,
        members: int = 4,
        epochs: int = 20,
        learning_rate: float = 0.002,
        weight_decay: float = 1.0,
        dropout: float = 0.2,
        width: int = 96,
        depth: int = 2,
        bins: int = 16,
        batch_size: int | None = None,
        held: float = 0.0,
        stop_metric: str = "log_loss",
        patience: int = 10,
        device: str = "auto",
        double: bool = False,
        mixed: bool = False,
        random_state: Any = 0,
    ) -> None:
        self.members = members
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.dropout = dropout
        self.width = width
        self.depth = depth
        self.bins = bins
        self.batch_size = batch_size
        self.held = held
        self.stop_metric = stop_metric
        self.patience = patience
        self.device = device
        self.double = double
        self.mixed = mixed
        self.random_state = random_state

    @property
    def learner(self) -> str:  # type: ignore[override]  # it follows from the parameters here
        """The learner in the notation of recipes."""
        info = registry.learner("torch")
        given = {name: value for name, value in self.get_params().items() if name != _OWN}
        return str(LearnerSpec("torch", check_params("learner", "torch", given, info.params)))
