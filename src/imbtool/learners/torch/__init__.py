"""Networks in PyTorch: one learner, and many networks that train together.

`TorchLearner` turns what the catalogue says (loss, schedule, weights) into a `Plan`, one a network;
`imbtool.learners.torch.trainer.train` takes any number of plans, trains alike ones together and returns what
became of each. Nothing here imports PyTorch before a network is to be trained.

Where something of its own plugs in: a loss in `plan`, all else in `hooks`:

a loss
    A `RowLoss`: ``rows(raw, batch)`` returns the loss of each row as tensors. A plan holds what makes it,
    called with the classes' counts and weights at the start and whenever row weights change. A class may
    offer ``stacked(losses)``, which computes many networks at once (see `losses.ClassTerms`), and where a
    loss depends on the scores alone ``derivatives(raw, y)``, which saves automatic ones. Losses of
    the catalogue come in through `losses.FromLoss`; any NumPy `Objective` works by its own derivatives.
a batch sampler
    A `BatchSampler`: ``epoch(y, now)`` returns the rows of an epoch in order, from which batches are cut,
    and factors of their weights; with ``uses_losses`` it is handed the last known loss of each row.
    Balanced batches are an order in which every `Moment.batch_size` rows hold the classes as wanted.
weights that change
    A `Weighting`: ``epoch(y, now)`` between epochs, for all rows; ``batch(loss, raw, batch)`` between forward
    and backward pass, for the rows of a batch (with ``by_batch = True``). Each plan has its own object, which
    may keep what it learns.
the gradient
    A `GradientRule`: it may ask for the gradient of a step several times, at other parameters or with other
    weights, as sharpness-aware minimisation and gradient alignment do. Networks train together when their
    rules are equal.
another network
    A subclass of `imbtool.learners.torch.network.Network`: other parameters (`shapes`, `begin`), another
    forward pass (layers between rows of a batch, a fixed last layer). `Network.to_plain` must leave the
    parameters of a plain perceptron, which is what predicts, or of what else `NetworkModel` can be.
scores of rows
    An `Observer`: told after every epoch, it may ask for the raw scores of all training rows.

A learner with any of these overrides `TorchLearner.plan` and changes the plan with ``dataclasses.replace``.
"""

from imbtool.learners.torch.learner import TorchLearner
from imbtool.learners.torch.model import NetworkModel
from imbtool.learners.torch.promise import TrainingFailedError

__all__ = ["NetworkModel", "TorchLearner", "TrainingFailedError"]
