"""Rows of the catalogue of learners: what a learner is, without importing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imbtool.core.errors import MissingExtraError
from imbtool.core.info import load_target

if TYPE_CHECKING:
    from imbtool.core.info import Param


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerInfo:
    """A row of the learners catalogue.

    ``stages`` says whether it can follow a schedule, ``losses`` whether it minimises any loss, ``batches``
    whether it trains by mini-batches whose rows can be chosen, ``linear``
    whether its models have one weight vector a class, ``quick`` whether ``auto`` may give it every
    treatment: a learner that trains ten times as long as the others stands in the table untreated.
    ``extra`` names the optional package that it needs, and the extra of imbtool that brings it; ``auto``
    leaves such learners out, so that it is the same on every machine. ``rounds`` names the parameter that its
    time is proportional to, for a learner so slow that a plan must not train all of them. ``promises`` says
    whether its trainings may wait for each other (`imbtool.core.together`).
    """

    name: str
    summary: str
    target: str
    params: tuple[Param, ...] = ()
    stages: bool = False
    losses: bool = False
    batches: bool = False
    linear: bool = False
    quick: bool = True
    extra: str = ""
    rounds: str = ""
    promises: bool = False
    aliases: tuple[str, ...] = ()

    def require(self) -> None:
        """Raise `MissingExtraError` where the optional package that this learner needs is not installed."""
        if self.extra and not _installed(self.extra):
            raise MissingExtraError(
                f"The learner {self.name} needs the package {self.extra}, which is not installed.",
                hint=f'Install it with: pip install "imbtool[{self.extra}]"',
                code="missing-extra",
            )

    def load(self) -> Any:
        """Import and return the class behind this row; `MissingExtraError` as in `require`."""
        self.require()
        return load_target(self.target)


def _installed(package: str) -> bool:
    from importlib.util import find_spec

    return find_spec(package) is not None
