"""Rows of the catalogue of methods: what a method is, without importing it.

Learners and metrics have modules of their own, so that listing methods does not make their classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from imbtool.core.kinds import MethodKind

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


def load_target(target: str) -> Any:
    """Return the object that ``"module:attribute"`` names."""
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)
