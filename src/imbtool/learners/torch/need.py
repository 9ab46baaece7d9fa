"""PyTorch where it is installed, one clear message where it is not; the device that is asked for."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from imbtool.core.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

Device = Literal["auto", "cpu", "cuda"]
Tensor: TypeAlias = Any
"""A ``torch.Tensor``; the package may be absent where types are checked."""


def need_torch() -> Any:
    """Return the module ``torch``.

    Raises
    ------
    MissingExtraError
        It is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingExtraError(
            "The learner torch needs PyTorch, which is not installed.",
            hint='Install it with: pip install "imbtool[torch]"',
            code="missing-extra",
        ) from error
    return torch


def pick_device(asked: Device) -> str:
    """Return ``"cpu"`` or ``"cuda"``; ``auto`` takes CUDA where PyTorch finds it.

    Raises
    ------
    UsageError
        Code ``no-device``: CUDA was asked for and there is none.
    """
    torch = need_torch()
    found = bool(torch.cuda.is_available())
    if asked == "cuda" and not found:
        raise UsageError(
            f"PyTorch {torch.__version__} finds no CUDA device.",
            hint="Leave --device out, or install PyTorch for CUDA: https://pytorch.org/get-started/locally/",
            code="no-device",
        )
    return "cuda" if found and asked != "cpu" else "cpu"


def has_half(device: str) -> bool:
    """Return whether half precision (bfloat16) is faster there: on CUDA; a CPU sums rows, see `PieceSums`."""
    return device == "cuda" and bool(need_torch().cuda.is_bf16_supported())


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread inside: sums taken by several may differ in their last bits (law 3)."""
    torch = need_torch()
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
