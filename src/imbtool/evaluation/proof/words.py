"""The proof in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.data.phrases import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.data.dataset import Finding
    from imbtool.evaluation.proof.result import Control, Overlap


def summary(
    findings: Sequence[Finding], controls: Sequence[Control], overlaps: Sequence[Overlap], n_fitted: int
) -> str:
    """Return what was found, or that nothing was, and what that rests on."""
    told = [_controls(controls), _trace(n_fitted), _copies(overlaps)]
    facts = "; ".join(part for part in told if part)
    if not findings:
        return f"no leak found: {facts}."
    return f"{count(len(findings), 'leak')} or what looks like one, see the warnings. Otherwise: {facts}."


def _controls(controls: Sequence[Control]) -> str:
    run = [c for c in controls if c.status != "not-run"]
    if not run:
        why = next((c.reason for c in controls if c.reason), "")
        return f"no control on a permuted target was run ({why})" if why else ""
    calm = [c for c in run if c.status == "chance"]
    if not calm:
        return ""
    shown, least = sorted(c.roc_auc for c in calm), min(c.p_value for c in calm)
    areas = f"{shown[0]:.3f}" if len(shown) == 1 else f"{shown[0]:.3f} to {shown[-1]:.3f}"
    p = f"p {least:.2g}" if len(shown) == 1 else f"smallest p {least:.2g}"
    return f"{count(len(calm), 'control')} on a permuted target at chance (ROC-AUC {areas}, {p})"


def _trace(n_fitted: int) -> str:
    return f"{n_fitted:,} fits traced to training rows alone" if n_fitted else ""


def _copies(overlaps: Sequence[Overlap]) -> str:
    rows, exact = sum(o.test_rows for o in overlaps), sum(o.exact for o in overlaps)
    if not exact:
        return "no test row equals a training row"
    share = 100 * exact / rows
    shown = f"{share:.1f}" if share >= 0.1 else "under 0.1"
    lonely = sum(o.unexplained for o in overlaps)
    if not lonely:
        return f"{shown} percent of the test rows equal a training row, as the grain of the table explains"
    rare, hit = sum(o.rare_rows for o in overlaps), sum(o.unexplained_rare for o in overlaps)
    return (
        f"{shown} percent of the test rows equal a training row, {100 * lonely / rows:.1f} percent beyond "
        f"the grain of the table ({100 * hit / max(rare, 1):.1f} percent of the rare class)"
    )
