"""Seeds derived from what a piece of work is, never from when it runs (law 3)."""

from __future__ import annotations

from hashlib import blake2b


def derive_seed(*identity: object) -> int:
    """Return a seed in ``[0, 2**31)`` that depends on nothing but its arguments.

    The arguments are joined by their text, so use plain strings and integers. The same identity
    gives the same seed in every process, on every machine, in every order.
    """
    text = "\x1f".join(str(part) for part in identity)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 33
