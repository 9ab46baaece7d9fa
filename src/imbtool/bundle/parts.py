"""Views and calibrators as plain data, and back: a closed list of kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.bundle import plain
from imbtool.bundle.faults import invalid
from imbtool.core.errors import UsageError
from imbtool.learners.design import DesignView
from imbtool.learners.numeric import NumericColumns
from imbtool.learners.torch.view import NetworkView
from imbtool.learners.views import IdentityView, RankedView
from imbtool.methods.ensemble.balanced_forest import FilledView
from imbtool.methods.postprocess.beta import BetaCalibrator
from imbtool.methods.postprocess.isotonic import IsotonicCalibrator
from imbtool.methods.postprocess.prior import PriorCorrection
from imbtool.methods.postprocess.sigmoid import SigmoidCalibrator
from imbtool.methods.postprocess.temperature import TemperatureCalibrator

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.core.types import Layout


VIEWS = ("identity", "ranked", "filled", "design", "network")
CALIBRATORS = ("sigmoid", "isotonic", "temperature_scaling", "beta", "prior_correction")


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one class is written and read."""

    type: type
    write: Callable[[Any], dict[str, Any]]
    read: Callable[[dict[str, Any], Layout], Any]


def write_part(part: Any) -> tuple[str, bytes]:
    """Return the kind of a view or calibrator and its numbers as JSON."""
    for name, kind in _KINDS.items():
        if type(part) is kind.type:
            return name, plain.dumps(kind.write(part))
    raise unsupported(part)


def read_part(
    name: str, text: bytes, layout: Layout, *, kinds: tuple[str, ...], label: str, file: str
) -> Any:
    """Return the view or calibrator that `write_part` wrote, if it is one of `kinds`.

    Raises
    ------
    DataError
        Code ``bundle-invalid``.
    """
    if name not in kinds:
        raise invalid(label, f"{file} is of the kind {name[:40]!r}; it can be: {', '.join(kinds)}")
    try:
        return _KINDS[name].read(plain.loads(text), layout)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise invalid(label, f"{file} is no {name!r} ({type(error).__name__}: {error})") from error


def unsupported(part: Any) -> UsageError:
    """Return the error for something made by a plug-in, which cannot be kept without code."""
    kind = type(part)
    return UsageError(
        f"{kind.__module__}.{kind.__qualname__} cannot be saved: model files hold our own kinds only.",
        hint="Choose one of imbtool's own learners and calibrators, or use imbtool.Recipe in Python.",
        code="bundle-unsupported",
    )


def _floats(value: Any, *shape: int) -> Any:
    array = value
    if not isinstance(array, np.ndarray) or array.dtype != np.float64 or (shape and array.shape != shape):
        raise ValueError("an array of other numbers is needed")
    return array


def _codes(value: Any) -> Any:
    if not isinstance(value, np.ndarray) or value.dtype != np.int64 or value.ndim != 1:
        raise ValueError("an array of whole numbers is needed")
    return value


def _pairs(first: Any, second: Any) -> tuple[Any, Any]:
    """Return the knots of a curve: as many of one as of the other, the first ascending."""
    size = len(_floats(first))
    if not size or not (np.diff(first) >= 0).all():
        raise ValueError("knots must ascend")
    return first, _floats(second, size)


def _place(value: Any, below: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < below:
        raise ValueError(f"a position from 0 to {below - 1} is needed; got {value!r}")
    return value


def _real(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value):
        raise ValueError(f"a number is needed; got {value!r}")
    return float(value)


def _write_design(view: DesignView) -> dict[str, Any]:
    return {"positions": view.positions, "numeric": _write_numeric(view.numeric), "levels": view.levels}


def _write_numeric(numeric: NumericColumns) -> dict[str, Any]:
    names = ("median", "unit", "mean", "sd", "curves", "missing")
    return {name: getattr(numeric, name) for name in names}


def _read_design(found: dict[str, Any], layout: Layout) -> DesignView:
    positions = _codes(found["positions"])
    if positions.tolist() != list(layout.numeric):
        raise ValueError("its numeric columns are not those of the schema")
    columns = _read_numeric(found["numeric"], len(positions))
    levels = tuple(_read_levels(row, layout) for row in found["levels"])
    return DesignView(positions=positions, numeric=columns, levels=levels)


def _read_numeric(numeric: dict[str, Any], n: int) -> NumericColumns:
    curves = tuple((_place(j, n), *_pairs(knots, ranks)) for j, knots, ranks in numeric["curves"])
    missing = numeric["missing"]
    if not isinstance(missing, np.ndarray) or missing.dtype != np.bool_ or missing.shape != (n,):
        raise ValueError("`missing` must be one truth value a column")
    return NumericColumns(
        median=_floats(numeric["median"], n),
        unit=_floats(numeric["unit"], n),
        mean=_floats(numeric["mean"], n + len(curves)),
        sd=_floats(numeric["sd"], n + len(curves)),
        curves=curves,
        missing=missing,
    )


def _write_network(view: NetworkView) -> dict[str, Any]:
    return {"numeric": _write_numeric(view.numeric), "centre": view.centre, "spread": view.spread}


def _read_network(found: dict[str, Any], layout: Layout) -> NetworkView:
    n = len(layout.numeric)
    numeric = _read_numeric(found["numeric"], n)
    centre, spread = _floats(found["centre"], n), _floats(found["spread"], n)
    if not np.isfinite(np.concatenate([numeric.median, numeric.unit, numeric.mean, centre])).all():
        raise ValueError("its columns have no finite scale")
    if not (spread > 0.0).all():
        raise ValueError("a column has no spread")
    return NetworkView(layout=layout, numeric=numeric, centre=centre, spread=spread)


def _read_levels(row: Any, layout: Layout) -> tuple[int, Any, int]:
    position, columns, width = row
    position, columns = _place(position, layout.n_features), _codes(columns)
    width = _place(width, len(columns) + 2)
    if len(columns) != layout.levels[position] + 1 or columns.min() < -1 or columns.max() >= width:
        raise ValueError("its levels are not those of the schema")
    return position, columns, width


def _read_ranked(found: dict[str, Any], layout: Layout) -> RankedView:
    ranks = tuple((_place(j, layout.n_features), _floats(rank)) for j, rank in found["ranks"])
    if any(rank.shape != (layout.levels[j],) for j, rank in ranks):
        raise ValueError("its levels are not those of the schema")
    return RankedView(ranks=ranks)


def _read_sigmoid(found: dict[str, Any], _: Layout) -> SigmoidCalibrator:
    calibrator = SigmoidCalibrator()
    calibrator.lines_ = tuple((_real(intercept), _real(slope)) for intercept, slope in found["lines"])
    calibrator.edge_ = _real(found["edge"])
    return calibrator


def _read_isotonic(found: dict[str, Any], _: Layout) -> IsotonicCalibrator:
    calibrator = IsotonicCalibrator()
    calibrator.knots_ = tuple(_pairs(scores, rates) for scores, rates in found["knots"])
    return calibrator


def _read_temperature(found: dict[str, Any], _: Layout) -> TemperatureCalibrator:
    calibrator = TemperatureCalibrator()
    calibrator.temperature_ = _real(found["temperature"])
    calibrator.n_classes_ = _place(found["n_classes"], 1 << 20)
    calibrator.edge_ = _real(found["edge"])
    return calibrator


def _read_beta(found: dict[str, Any], _: Layout) -> BetaCalibrator:
    calibrator = BetaCalibrator()
    calibrator.curves_ = tuple((_real(c), _real(a), _real(b)) for c, a, b in found["curves"])
    calibrator.edge_ = _real(found["edge"])
    return calibrator


def _read_prior(found: dict[str, Any], _: Layout) -> PriorCorrection:
    calibrator = PriorCorrection()
    calibrator.shifts_ = _floats(found["shifts"])
    if calibrator.shifts_.ndim != 1 or not np.isfinite(calibrator.shifts_).all():
        raise ValueError("one finite number a class is needed")
    return calibrator


_KINDS = {
    "identity": _Kind(IdentityView, lambda _: {}, lambda _, layout: IdentityView(layout=layout)),
    "ranked": _Kind(RankedView, lambda view: {"ranks": view.ranks}, _read_ranked),
    "filled": _Kind(
        FilledView,
        lambda view: {"fill": view.fill},
        lambda found, layout: FilledView(fill=_floats(found["fill"], layout.n_features)),
    ),
    "design": _Kind(DesignView, _write_design, _read_design),
    "network": _Kind(NetworkView, _write_network, _read_network),
    "sigmoid": _Kind(
        SigmoidCalibrator, lambda made: {"lines": made.lines_, "edge": made.edge_}, _read_sigmoid
    ),
    "isotonic": _Kind(IsotonicCalibrator, lambda made: {"knots": made.knots_}, _read_isotonic),
    "temperature_scaling": _Kind(
        TemperatureCalibrator,
        lambda made: {"temperature": made.temperature_, "n_classes": made.n_classes_, "edge": made.edge_},
        _read_temperature,
    ),
    "beta": _Kind(BetaCalibrator, lambda made: {"curves": made.curves_, "edge": made.edge_}, _read_beta),
    "prior_correction": _Kind(PriorCorrection, lambda made: {"shifts": made.shifts_}, _read_prior),
}
