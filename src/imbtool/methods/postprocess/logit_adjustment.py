"""Logit adjustment after training: decide as if all classes were equally frequent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from imbtool.core.errors import NotApplicableError
from imbtool.methods.estimator import Estimator
from imbtool.methods.postprocess.offsets import decide
from imbtool.methods.postprocess.scores import RESOLUTION, check_fit, check_proba

if TYPE_CHECKING:
    from imbtool.core.protocols import Priors
    from imbtool.core.types import FloatArray, IntArray


class LogitAdjustment(Estimator):
    """Choose the class with the largest adjusted logit; probabilities stay what they are.

    Parameters
    ----------
    tau : float, default=1.0
        Strength, at least 0. 0 changes nothing; 1 divides probabilities by the class shares, the rule that
        is best for balanced accuracy when probabilities are calibrated.
    form : {"additive", "multiplicative"}, default="additive"
        ``z_k - tau log pi_k``, or ``z_k pi_k^-tau``.

    Attributes
    ----------
    values_ : tuple of float
        Additive: as `Threshold` has them (binary: ``pi_1^tau / (pi_0^tau + pi_1^tau)``). Multiplicative:
        one positive factor a class, with geometric mean 1.
    reason_ : str
        Always empty.

    Notes
    -----
    Additive: Menon et al., ICLR 2021, arXiv 2007.07314 (post-hoc form). Multiplicative: Kim and Kim, IEEE
    Access 2020, arXiv 2006.08586, as used by Hasegawa and Sato, ICLR 2024, arXiv 2305.16573, with tau 0.65.
    Logits are log-probabilities. A factor raises a positive logit and lowers a negative one, so for the
    multiplicative form the logits of a row are centred to mean 0 first: the chosen class then always has a
    positive one, and factors of rare classes help them (ours; the papers have logits that are not
    negative by construction). With two classes centred logits are opposite, no factor changes which is
    positive, and the form is not applicable.

    The shares are those that the scores contain: of the training rows after sampling and weighting, or the
    natural ones behind a calibrator that is fitted to natural rows. So balanced weights followed by logit
    adjustment do not correct twice. Free of cost and chance.
    """

    uses_priors: ClassVar[bool] = True

    values_: tuple[float, ...]
    reason_: str

    def __init__(self, tau: float = 1.0, form: str = "additive") -> None:
        self.tau = tau
        self.form = form

    @property
    def aim(self) -> str:
        """What decisions are taken by, in words."""
        return f"{self.form} logit adjustment, tau={self.tau:g}"

    def fit(
        self,
        proba: FloatArray,
        y: IntArray,
        sample_weight: FloatArray | None = None,
        *,
        priors: Priors | None = None,
    ) -> LogitAdjustment:
        """Take over the shares.

        Parameters
        ----------
        proba : ndarray of float64, shape (n, n_classes)
            Out-of-fold scores; only their number of classes is used.
        y : ndarray of int, shape (n,)
        sample_weight : ndarray of float64, shape (n,), optional
        priors : Priors, optional
            Default: the weighted class shares of `y`.

        Returns
        -------
        LogitAdjustment
            Itself.

        Raises
        ------
        NotApplicableError
            The shares that training saw cannot be told, or factors for two classes.
        """
        scores, codes, weight = check_fit(proba, y, sample_weight)
        n_classes = scores.shape[1]
        shares = _shares(codes, weight, n_classes) if priors is None else priors.training
        if shares is None:
            raise NotApplicableError(
                f"logit_adjustment: {priors.reason if priors else ''}.",
                hint="Put a fitted calibrator before it: isotonic+logit_adjustment.",
                code="training-shares-unknown",
            )
        if self.form == "multiplicative" and n_classes == 2:
            raise NotApplicableError(
                "logit_adjustment(form=multiplicative) changes no decision between two classes.",
                hint="Use the additive form.",
                code="several-classes-only",
            )
        offsets = self.tau * _offsets(shares)
        self.reason_ = ""
        if self.form == "multiplicative":
            self.values_ = tuple(np.exp(offsets).tolist())
        elif n_classes == 2:
            self.values_ = (float(1.0 / (1.0 + np.exp(offsets[1] - offsets[0]))),)
        else:
            self.values_ = tuple(offsets.tolist())
        return self

    def predict(self, proba: FloatArray) -> IntArray:
        """Return class codes, shape (n,)."""
        scores = check_proba(proba, max(2, len(self.values_)))
        if len(self.values_) == 1:
            return (scores[:, 1] >= self.values_[0]).astype(np.int64)
        logs, values = np.log(np.maximum(scores, RESOLUTION)), np.array(self.values_)
        if self.form == "additive":
            return decide(logs, values)
        return np.asarray(
            np.argmax((logs - logs.mean(axis=1, keepdims=True)) * values, axis=1), dtype=np.int64
        )


def _offsets(shares: FloatArray) -> FloatArray:
    """Return ``-log pi`` with mean 0; a class without rows has the offset of the most frequent one."""
    offsets = -np.log(np.where(shares > 0.0, shares, shares.max()))
    centred: FloatArray = offsets - offsets.mean()
    return centred


def _shares(codes: IntArray, weight: FloatArray, n_classes: int) -> FloatArray:
    sums = np.bincount(codes, weights=weight, minlength=n_classes)
    shares: FloatArray = sums / sums.sum()
    return shares
