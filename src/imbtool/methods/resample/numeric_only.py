"""The guard of samplers that can only interpolate numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.core.errors import NotApplicableError

if TYPE_CHECKING:
    from imbtool.core.types import Layout

_SHOWN = 3


def require_numeric(layout: Layout, method: str) -> None:
    """Raise `NotApplicableError` with the names of categorical features, if there are any."""
    names = [layout.names[j] for j in layout.categorical]
    if not names:
        return
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    raise NotApplicableError(
        f"{method} interpolates numbers only; found categorical features {', '.join(names[:_SHOWN])}{more}.",
        hint="Use smote, which votes categories (SMOTE-NC), or leave these columns out with --drop.",
        code="categorical-features",
    )
