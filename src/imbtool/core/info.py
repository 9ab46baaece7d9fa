"""Rows of the catalogues: what a method, a learner or a metric is, without importing it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from imbtool.core.errors import MissingExtraError

if TYPE_CHECKING:
    from imbtool.core.types import MethodKind, MetricFamily

ParamValue = int | float | str | bool | None
ParamType = Literal["int", "float", "choice", "bool", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One parameter of a method or learner, with its range.

    A ``text`` may be anything but empty; in recipes it stands in quotes unless it is one plain word.
    ``low`` and ``high`` are inclusive; ``None`` means unbounded. ``optional`` allows ``none``.
    """

    name: str
    type: ParamType
    default: ParamValue
    summary: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodInfo:
    """A row of the methods catalogue.

    Parameters
    ----------
    name : str
        The word used in recipes, such as ``smote``.
    kind : MethodKind
        What it does; see the glossary in ``docs/methods.md``.
    summary : str
        One line, under 80 characters.
    target : str
        ``"module:Class"``, imported when first used.
    params : tuple of Param
    paper : str
        Where it comes from (authors, year, DOI or arXiv id), and any departure from it.
    cost : int
        0 free (no further training), 1 about one plain training, 2 some neighbour search or a few
        trainings, 3 neighbour search over all rows or many trainings. Breaks ties in the verdict.
    needs : tuple of str
        Conditions: ``"stages"`` (a learner that is trained in stages), ``"losses"`` (one whose loss can be
        chosen), ``"batches"`` (one that trains by mini-batches), ``"linear"`` (one whose models are linear),
        ``"learner:forest"`` (brings its own learner, of that name), ``"table"`` (its parameter
        ``table`` names a second table), ``"money"`` (decisions counted in money), ``"row-money"`` (money that
        differs from row to row).
    aliases : tuple of str
        Other words accepted in recipes.
    default : bool
        Whether a comparison includes it when no methods are named.
    when : str
        When it helps, one line.
    check : str
        ``"module:function"`` that is handed the parameters given in a recipe and raises `UsageError` where
        they contradict each other; its module imports nothing heavy. Empty when none can.
    """

    name: str
    kind: MethodKind
    summary: str
    target: str
    params: tuple[Param, ...] = ()
    paper: str = ""
    cost: int = 1
    needs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    default: bool = True
    when: str = ""
    check: str = ""

    def load(self) -> Any:
        """Import and return the class behind this row."""
        return load_target(self.target)

    @property
    def own_learner(self) -> str | None:
        """Name of the learner that this method brings with it, if it does."""
        return next((n.removeprefix("learner:") for n in self.needs if n.startswith("learner:")), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerInfo:
    """A row of the learners catalogue.

    ``stages`` says whether it can follow a schedule, ``losses`` whether it minimises any loss, ``batches``
    whether it trains by mini-batches whose rows can be chosen, ``linear``
    whether its models have one weight vector a class, ``quick`` whether ``auto`` may give it every
    treatment: a learner that trains ten times as long as the others stands in the table untreated.
    ``extra`` names the optional package that it needs, and the extra of imbtool that brings it; ``auto``
    leaves such learners out, so that it is the same on every machine. ``rounds`` names the parameter that its
    time is proportional to, for a learner so slow that a plan must not train all of them.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricInfo:
    """A row of the metrics catalogue.

    ``family`` says what the metric reads: ``ranking`` the order of the scores, ``probability`` their
    values, ``decision`` the predicted classes (reported at the chosen and at the default threshold,
    the latter as ``<name>_default``). ``target`` is ``"module:function"``; ``label`` is how reports
    spell the name. ``ideal`` is the best value of a metric that is best in the middle of its range;
    such a metric is compared by its distance to it. ``low`` and ``high`` bound its values.
    """

    name: str
    summary: str
    family: MetricFamily
    target: str
    label: str = ""
    greater_is_better: bool = True
    ideal: float | None = None
    low: float | None = 0.0
    high: float | None = 1.0
    aliases: tuple[str, ...] = ()

    def load(self) -> Any:
        """Import and return the function behind this row."""
        return load_target(self.target)


def _installed(package: str) -> bool:
    from importlib.util import find_spec

    return find_spec(package) is not None


def load_target(target: str) -> Any:
    """Return the object that ``"module:attribute"`` names."""
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)
