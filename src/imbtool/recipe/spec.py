"""What a recipe says, as plain data: parsed, checked and in one canonical spelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imbtool import registry
from imbtool.core.errors import UsageError
from imbtool.core.params import spell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imbtool.core.info import MethodInfo, ParamValue
    from imbtool.core.kinds import MethodKind
    from imbtool.core.learner_info import LearnerInfo

_TRAINING: tuple[MethodKind, ...] = (
    "sampler",
    "reweighter",
    "schedule",
    "loss",
    "training",
    "ensemble",
    "adjustment",
)
_ORDER: tuple[MethodKind, ...] = (*_TRAINING, "calibrator", "threshold")
_MANY = ("sampler", "training")
"""Kinds of which a recipe takes several."""
_CONTROLS = ("none", "threshold", "sigmoid", "isotonic", "temperature_scaling", "class_weight")


@dataclass(frozen=True, slots=True)
class Step:
    """One method with the parameters that differ from its defaults."""

    name: str
    params: tuple[tuple[str, ParamValue], ...] = ()

    @property
    def info(self) -> MethodInfo:
        """The catalogue row."""
        return registry.method(self.name)

    def build(self) -> Any:
        """Construct the method object."""
        return self.info.load()(**dict(self.params))

    def __str__(self) -> str:
        return spell(self.name, self.params)


@dataclass(frozen=True, slots=True)
class RecipeSpec:
    """A checked sequence of steps; ``str()`` gives the canonical spelling, ``none`` when empty."""

    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        return "+".join(map(str, self.steps)) or "none"

    def of(self, *kinds: MethodKind) -> tuple[Step, ...]:
        """Return the steps of the given kinds, in order."""
        return tuple(s for s in self.steps if s.info.kind in kinds)

    def one(self, kind: MethodKind) -> Step | None:
        """Return the only step of a kind, or None."""
        return next(iter(self.of(kind)), None)

    @property
    def training(self) -> RecipeSpec:
        """The part that changes training; recipes that agree in it share one trained model."""
        return RecipeSpec(self.of(*_TRAINING))

    @property
    def main(self) -> MethodInfo:
        """The catalogue row that the recipe is about: its first training step, else its first step."""
        steps = self.training.steps or self.steps
        return steps[0].info if steps else registry.method("none")

    @property
    def kind(self) -> MethodKind:
        """Kind of the main method."""
        return self.main.kind

    @property
    def cost(self) -> int:
        """Cost class 0 (no training of its own) to 3."""
        return max((s.info.cost for s in self.training.steps), default=0)

    @property
    def own_learner(self) -> str | None:
        """Name of the learner that a step brings with it, or None."""
        return next((s.info.own_learner for s in self.steps if s.info.own_learner), None)

    @property
    def tables(self) -> tuple[str, ...]:
        """Paths of the tables that steps name."""
        named = [dict(s.params).get("table") for s in self.steps if "table" in s.info.needs]
        return tuple(str(path) for path in named if path is not None)

    @property
    def control(self) -> bool:
        """Whether this is one of the controls that every comparison holds (law 2)."""
        return str(self) in _CONTROLS


@dataclass(frozen=True, slots=True)
class LearnerSpec:
    """A learner with the parameters that differ from its defaults."""

    name: str
    params: tuple[tuple[str, ParamValue], ...] = ()

    def build(self) -> Any:
        """Construct the learner object."""
        return registry.learner(self.name).load()(**dict(self.params))

    def on(self, device: str | None) -> LearnerSpec:
        """Return the learner with the device that it trains on, tried out now; itself where it has no choice.

        Results are kept under the device that was found, so that those of another one are never taken for
        them (law 3). A parameter of the learner that is not at its default goes before.

        Parameters
        ----------
        device : {"auto", "cpu", "cuda"} or None
            None leaves it to the learner's parameter.

        Raises
        ------
        UsageError
            Code ``no-device``.
        """
        info = registry.learner(self.name)
        param = next((p for p in info.params if p.name == "device"), None)
        if param is None:
            return self
        asked = str(dict(self.params).get("device", device or param.default))
        pick = None if asked == "cpu" else getattr(info.load(), "pick_device", None)
        found = asked if pick is None else pick(asked)
        params = {name: value for name, value in self.params if name != "device"}
        usual = found == "cpu" and (param.default == "cpu" or asked == "auto")
        if not usual:
            params["device"] = found
        return LearnerSpec(self.name, tuple(sorted(params.items())))

    def __str__(self) -> str:
        return spell(self.name, self.params)


_ABLE = {
    "stages": "that is trained in stages",
    "losses": "whose loss can be chosen",
    "batches": "that trains by mini-batches",
    "linear": "whose models are linear",
}


def unmet_need(recipe: RecipeSpec, learner: LearnerInfo) -> tuple[str, str] | None:
    """Return what kind of learner the recipe needs, and the names of these, unless this is one."""
    for step in recipe.steps:
        for need, words in _ABLE.items():
            if need in step.info.needs and not getattr(learner, need):
                able = ", ".join(name for name, row in registry.learners().items() if getattr(row, need))
                return f"{step.name} needs a learner {words}", able
    return None


def controls() -> tuple[RecipeSpec, ...]:
    """Return the controls of law 2: nothing, threshold, the calibrators, class weights."""
    return tuple(RecipeSpec(() if n == "none" else (Step(n),)) for n in _CONTROLS)


def checked(steps: Iterable[Step]) -> RecipeSpec:
    """Return the recipe of these steps in canonical order.

    Raises
    ------
    UsageError
        The steps cannot be combined.
    """
    real = [s for s in steps if s.info.kind != "baseline"]
    for kind in (k for k in _ORDER if k not in _MANY):
        same = [s for s in real if s.info.kind == kind]
        if len(same) > 1:
            raise _clash(same[0], same[1], f"a recipe takes one {kind}")
    by_kind = {s.info.kind: s for s in real}
    schedule = by_kind.get("schedule")
    # A schedule that follows the losses, or draws rows, goes on top of any weights.
    if (
        "reweighter" in by_kind
        and schedule is not None
        and not {"losses", "batches"} & {*schedule.info.needs}
    ):
        raise _clash(by_kind["reweighter"], schedule, "both decide the weights of the rows")
    own = next((s for s in real if s.info.own_learner), None)
    for kind in ("schedule", "reweighter", "loss"):
        if own and kind in by_kind:
            raise _clash(
                own, by_kind[kind], f"{own.name} brings its own learner and balances each tree itself"
            )
    seen: set[str] = set()
    for step in real:
        if step.name in seen:
            raise _clash(step, step, "the same step stands twice")
        seen.add(step.name)
    return RecipeSpec(tuple(sorted(real, key=lambda s: _ORDER.index(s.info.kind))))


def _clash(a: Step, b: Step, why: str) -> UsageError:
    return UsageError(
        f"{a.name!r} and {b.name!r} cannot be combined: {why}.",
        hint=f"Leave one of them out, or compare both: --methods '{a},{b}'.",
        code="impossible-combination",
    )
