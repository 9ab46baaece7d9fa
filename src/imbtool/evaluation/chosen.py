"""The threshold chosen by what was asked of the decisions, in place of the default one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imbtool.evaluation.result import Settings
    from imbtool.evaluation.verdict import Decision, Evidence


def asked(settings: Settings) -> bool:
    """Return whether money or floors say what a good decision is; the default threshold knows of neither."""
    price = settings.price
    return price is not None and not price.capacity and (price.money or bool(price.floors))


def has_floors(settings: Settings) -> bool:
    """Return whether the decisions must keep floors."""
    return settings.price is not None and bool(settings.price.floors)


def was_moved(evidence: Evidence, home: str) -> bool:
    """Return whether a moved threshold was tried with this learner."""
    key = (home, "threshold")
    return key in evidence.rows and evidence.rows[key].status == "ok"


def with_chosen_threshold(evidence: Evidence, found: Decision) -> Decision:
    """Return the decision with the threshold chosen by what was asked in place of the default one.

    Only where nothing is done otherwise and the chosen threshold was not worse on unseen rows; where it was,
    a calibrator that is shown to help is what is left.
    """
    home = found.nothing[0]
    if not asked(evidence.settings) or found.row[1] != "none":
        return found
    if was_moved(evidence, home):
        row = (home, "threshold")
        if has_floors(evidence.settings):
            return replace(found, row=row)
        scale = evidence.other_scale(evidence.settings.threshold_metric)
        gain = evidence.table.compare(row, (home, "none"), scale)
        if gain.mean > 0:
            if found.kind == "inconclusive":
                return replace(found, row=row, threshold_gain=gain)
            return replace(found, kind="move-threshold", row=row, gain=gain)
    if found.kind == "do-nothing" and found.calibration:
        name, helped = found.calibration
        return replace(found, kind="calibrate", row=(home, name), gain=helped)
    return found
