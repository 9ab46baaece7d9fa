"""The controls of a proof as they are sent to workers and come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from imbtool.evaluation.errands import Shared
    from imbtool.recipe.spec import LearnerSpec, RecipeSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTask:
    """A recipe to control: `recipe` trains, on the first `folds` splits of the first repeat.

    `draw` numbers the permutation; `stranger` says whether a part of it comes from another package.
    """

    learner: LearnerSpec
    recipe: RecipeSpec
    folds: int
    draw: int = 0
    stranger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """Something that an honest method does not do, in words."""

    code: Literal["remembers-folds", "not-reproducible", "trains-on-test-rows", "knows-rows", "opens-files"]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlOutcome:
    """What came of it: one value a fold, or a reason why there is none."""

    roc_auc: tuple[float, ...] = ()
    p_values: tuple[float, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()
    reason: str = ""


def run_control(shared: Shared, task: ControlTask) -> ControlOutcome:
    """Return the outcome of a control; see `imbtool.evaluation.proof.control.run_control`."""
    from imbtool.evaluation.proof.control import run_control

    return run_control(shared, task)
