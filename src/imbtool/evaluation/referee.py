"""Who decides, while a comparison runs, which rows go on to the next folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imbtool.evaluation.plan import Candidate
    from imbtool.evaluation.result import Trial

Place = tuple[int, int]
Key = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows and folds that run without a pause.

    ``task_seconds`` is what a training may take on a fold at most, since it could not be finished on the
    others otherwise.
    """

    rows: Sequence[Candidate]
    places: Sequence[Place]
    task_seconds: float | None = None


class Referee(Protocol):
    """Cuts the folds into batches and drops rows between them.

    A decision may rest on finished batches only, so that it does not depend on who finished first.
    """

    def batches(self, places: Sequence[Place]) -> Iterable[Sequence[Place]]:
        """Return the folds in the pieces that they run in."""

    def dropped(
        self, rows: Sequence[Candidate], trials: Mapping[Key, Trial], ahead: Sequence[Place]
    ) -> Mapping[Candidate, str]:
        """Return the rows that do not go on to the folds `ahead`, and why."""


class Patient:
    """Lets every row run on every fold, without a pause between them."""

    def batches(self, places: Sequence[Place]) -> Iterable[Sequence[Place]]:
        """Return one batch."""
        return (places,)

    def dropped(
        self,
        rows: Sequence[Candidate],  # noqa: ARG002 - nobody is dropped
        trials: Mapping[Key, Trial],  # noqa: ARG002
        ahead: Sequence[Place],  # noqa: ARG002
    ) -> Mapping[Candidate, str]:
        """Drop nobody."""
        return {}
