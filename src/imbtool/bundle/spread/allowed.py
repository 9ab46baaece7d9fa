"""What can be fitted where no process sees all rows, and why the rest cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imbtool.core.errors import UsageError

if TYPE_CHECKING:
    from imbtool.bundle.request import FitRequest
    from imbtool.recipe.spec import LearnerSpec, RecipeSpec, Step

_WHY = {
    "sampler": "makes or drops rows, for which it looks at all of them together",
    "ensemble": "trains on parts drawn from all rows together",
    "schedule": "changes the weights while training goes on",
    "loss": "minimises a loss that LightGBM does not know by itself",
    "adjustment": "changes the trained model",
    "reweighter": "looks at more than the class of a row",
}


def check_request(request: FitRequest, recipe: RecipeSpec, learner: LearnerSpec) -> None:
    """Refuse what cannot be fitted on rows that are spread over workers.

    Raises
    ------
    UsageError
        Code ``not-spread``, with the reason.
    """
    if learner.name != "lightgbm":
        raise _refused(f"The learner {learner.name} trains in one process", "Use the learner lightgbm.")
    if request.device not in (None, "cpu") or dict(learner.params).get("device", "cpu") != "cpu":
        raise _refused("A GPU is tried out on one machine", "Leave --device out.")
    for step in recipe.training.steps:
        if step.info.kind != "reweighter" or class_weights(step) is None:
            raise _refused(
                f"{step.name} {_WHY.get(step.info.kind, 'is no weight of classes')}",
                "Weights by class can be used: class_weight, sqrt_weight, inverse_power, effective_number, "
                "scalarization, cost_weight; and any calibrator and threshold.",
            )
    settings: dict[str, Any] = {"--group": request.group, "--time": request.time}
    settings |= {"--max-rows": request.max_rows, "--calibration-rows": request.calibration_rows}
    settings["--bootstrap"] = request.bootstrap
    settings["--bootstrap"] = request.bootstrap
    price = request.price
    settings["--top-k"] = None if price is None else price.top_k
    for option, value in settings.items():
        if value is not None:
            raise _refused(
                f"{option} needs all rows in one place",
                "Use --top-rate." if option == "--top-k" else "Leave it out.",
            )


def class_weights(step: Step) -> Any:
    """Return the function from rows of each class to weights of each class, or None where there is none."""
    return getattr(step.build(), "class_weights", None)


def _refused(what: str, hint: str) -> UsageError:
    return UsageError(f"{what}; with a scheduler, rows lie on several workers.", hint=hint, code="not-spread")
