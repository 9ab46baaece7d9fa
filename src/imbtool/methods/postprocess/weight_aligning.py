"""Weight aligning: class weight vectors of a linear model brought to one length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import NotApplicableError
from imbtool.core.protocols import LinearHead
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.protocols import FittedLearner
    from imbtool.core.types import FloatArray


class WeightAligning(Estimator):
    """Scale the weight vector of every class of a linear model to the mean length of them all.

    Parameters
    ----------
    tau : float, default=1.0
        Strength in [0, 1]: lengths are raised to the power ``1 - tau`` up to a common factor. 0 changes
        nothing, 1 makes them equal.

    Notes
    -----
    Zhao et al., CVPR 2020, arXiv 1911.07053, align the mean length of new classes' vectors to that of
    the old ones; here every class is a group of its own, and `tau` is that of Kang et al., ICLR 2020,
    arXiv 1910.09217, section 4.2. A learner that sees few rows of a class, under a penalty, gives it a short
    vector. Intercepts stay as they are (the papers have none to speak of). Vectors are centred first: a
    common part moves no probability of a softmax, but it would count as length. Probabilities change and
    are no longer calibrated. Two classes share one vector, so that there is nothing to align: not
    applicable. Free of cost and chance.
    """

    def __init__(self, tau: float = 1.0) -> None:
        self.tau = tau

    def adjust(self, model: FittedLearner, *, n_classes: int) -> FittedLearner:
        """Return the aligned model; the one given stays as it is.

        Parameters
        ----------
        model : FittedLearner
            One that has class vectors; a model of one class has none and is returned as it is.
        n_classes : int
            Of the data set.

        Raises
        ------
        NotApplicableError
            Two classes.
        """
        if n_classes == 2:
            raise NotApplicableError(
                "weight_aligning needs three classes or more: two share one weight vector.",
                hint="With two classes move the threshold.",
                code="several-classes-only",
            )
        if not isinstance(model, LinearHead):
            return model
        return model.with_class_vectors(aligned(model.class_vectors(), self.tau))


def aligned(vectors: FloatArray, tau: float) -> FloatArray:
    """Return centred vectors, shape (n_classes, n_columns), times ``(mean length / length)^tau``.

    A vector of length 0 stays what it is.
    """
    centred = vectors - vectors.mean(axis=0)
    length = np.sqrt(np.square(centred).sum(axis=1))
    some = length > 0.0
    factor = np.ones(len(length))
    factor[some] = (length[some].mean() / length[some]) ** tau
    scaled: FloatArray = centred * factor[:, None]
    return scaled
