"""A model as one file, and back."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from imbtool.bundle.archive import MAX_BYTES, pack, unpack
from imbtool.bundle.faults import damaged, invalid, unsafe
from imbtool.bundle.manifest import Manifest, Member
from imbtool.bundle.model import FittedModel
from imbtool.bundle.models import read_model
from imbtool.bundle.parts import CALIBRATORS, VIEWS, read_part
from imbtool.bundle.reading import read_manifest
from imbtool.bundle.reserve import read_reserve
from imbtool.core.errors import DataError
from imbtool.methods.postprocess.expected_cost import ExpectedCost
from imbtool.methods.postprocess.expected_gain import ExpectedGain
from imbtool.methods.postprocess.logit_adjustment import LogitAdjustment
from imbtool.methods.postprocess.threshold import Threshold
from imbtool.recipe.trained import Trained

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from imbtool.core.protocols import Calibrator

MANIFEST = "manifest.json"
_NAMES = re.compile(
    r"manifest\.json|view\.json|calibrator\.json|conformal\.json|models/\d{5,6}\.(txt|skops|json)"
)


def listed(members: Mapping[str, bytes]) -> dict[str, Member]:
    """Return what the manifest says about the files."""
    return {
        name: Member(sha256=sha256(content).hexdigest(), size=len(content))
        for name, content in members.items()
    }


def to_bytes(manifest: Manifest, members: Mapping[str, bytes]) -> bytes:
    """Return the bundle: the manifest first, then the files."""
    text = replace(manifest, members=listed(members)).to_json().encode()
    return pack({MANIFEST: text, **members})


def load(path: str | os.PathLike[str]) -> FittedModel:
    """Read a model written by `imbtool fit` or `FittedModel.save`.

    Everything is checked first: names, sizes, digests, types, and that the parts fit together. Nothing
    in the file is ever executed.

    Raises
    ------
    DataError
        Codes ``file-missing``, ``file-unreadable``, ``not-a-bundle``, ``bundle-damaged``,
        ``bundle-newer``, ``bundle-unsafe``, ``bundle-invalid``.
    """
    label = str(path)
    return from_bytes(_content(Path(path), label), label)


def from_bytes(data: bytes, label: str = "The model") -> FittedModel:
    """Return the model of a bundle; see `load`."""
    members = unpack(data, label, _NAMES)
    if MANIFEST not in members:
        raise invalid(label, f"it has no {MANIFEST}")
    manifest = read_manifest(members.pop(MANIFEST), label)
    _check_members(manifest, members, label)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other versions are told by FittedModel.version_notes
        try:
            return _assembled(manifest, members, label)
        except DataError as error:
            raise _with_versions(error, manifest) from error


def _assembled(manifest: Manifest, members: dict[str, bytes], label: str) -> FittedModel:
    layout, n_classes = manifest.columns.layout, len(manifest.classes)
    if "view.json" not in members:
        raise invalid(label, "it has no view.json")
    view = read_part(
        manifest.view.kind, members["view.json"], layout, kinds=VIEWS, label=label, file="view.json"
    )
    models = tuple(
        read_model(part, members, n_classes=n_classes, layout=layout, label=label) for part in manifest.models
    )
    calibrator: Calibrator | None = None
    if manifest.calibration is not None:
        if "calibrator.json" not in members:
            raise invalid(label, "it has no calibrator.json")
        text = members["calibrator.json"]
        kind = manifest.calibration.kind
        calibrator = read_part(kind, text, layout, kinds=CALIBRATORS, label=label, file="calibrator.json")
    rule: Threshold | LogitAdjustment | ExpectedCost | ExpectedGain = Threshold()
    if manifest.decision.rule == "factors":
        rule = LogitAdjustment(form="multiplicative")
    if manifest.decision.rule == "costs":
        rule = ExpectedCost()
    if manifest.decision.rule == "expected-gain":
        rule = ExpectedGain()
    rule.values_, rule.reason_ = manifest.decision.values, manifest.decision.reason
    trained = Trained(models=models, weights=manifest.weights, view=view, counts_after=manifest.counts_after)
    reserve = None
    if manifest.conformal is not None:
        if manifest.conformal.file not in members:
            raise invalid(label, f"it has no {manifest.conformal.file}")
        reserve = read_reserve(members[manifest.conformal.file], manifest, label)
    model = FittedModel._of(manifest, trained, calibrator, rule, members, reserve)
    _try_out(model, layout.n_features, n_classes, label)
    return model


def _try_out(model: FittedModel, n_features: int, n_classes: int, label: str) -> None:
    """Score two rows: parts that do not fit each other show now, not among the user's rows."""
    rows = np.vstack([np.full(n_features, np.nan), np.zeros(n_features)])
    try:
        proba, codes = model.score_matrix(rows, np.zeros((2, 2)))
        fits = proba.shape == (2, n_classes) and codes.shape == (2,) and np.isfinite(proba).all()
        if not fits or not np.allclose(proba.sum(axis=1), 1.0):
            raise ValueError("it does not answer with probabilities")
    except Exception as error:  # whatever parts that do not fit may raise
        raise invalid(label, f"its parts do not fit together ({str(error)[:200]})") from error


def _check_members(manifest: Manifest, members: Mapping[str, bytes], label: str) -> None:
    said = dict(manifest.members)
    used = {manifest.view.file, *(part.file for part in manifest.models if part.file)}
    if manifest.calibration is not None:
        used.add(manifest.calibration.file)
    if manifest.conformal is not None:
        used.add(manifest.conformal.file)
    for name in members:
        if name not in said or name not in used:
            raise unsafe(label, f"{name!r} is in it, but its manifest does not use it")
    for name, member in said.items():
        if name not in members:
            raise damaged(label, f"{name!r} is missing")
        if len(members[name]) != member.size or sha256(members[name]).hexdigest() != member.sha256:
            raise DataError(
                f"{label} was changed: {name!r} is not what its manifest says.",
                hint="Get the file again from where it was made, or make it anew with `imbtool fit`.",
                code="bundle-changed",
            )


def _with_versions(error: DataError, manifest: Manifest) -> DataError:
    made = ", ".join(f"{name} {number}" for name, number in manifest.versions.items())
    return DataError(error.message, hint=f"{error.hint} It was made with {made[:300]}.", code=error.code)


def _content(path: Path, label: str) -> bytes:
    try:
        if path.is_dir():
            raise DataError(
                f"{label} is a folder, not a model.", hint="Name the file in it.", code="is-a-folder"
            )
        if path.stat().st_size > MAX_BYTES:
            raise unsafe(label, f"it is larger than {MAX_BYTES >> 30} GiB")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise DataError(
            f"There is no file {label}.",
            hint="Make one first: imbtool fit DATA --target COLUMN --recipe RECIPE -o model.imb",
            code="file-missing",
        ) from error
    except DataError:
        raise
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DataError(
            f"{label} cannot be read: {reason}.",
            hint="Check the path and its permissions.",
            code="file-unreadable",
        ) from error
