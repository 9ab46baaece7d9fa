"""Training any number of plans: alike ones together, as many at once as memory allows."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from imbtool.learners.torch.crew import Crew
from imbtool.learners.torch.epoch import pool_rows
from imbtool.learners.torch.member import Member
from imbtool.learners.torch.need import one_thread
from imbtool.learners.torch.plan import Trained
from imbtool.learners.torch.table import ENCODED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imbtool.learners.torch.plan import Plan

MEMORY = {"cpu": 1 << 26, "cuda": 1 << 30}
"""Bytes that the networks of a crew may take together: on the CPU what its caches hold of them is faster."""


def train(plans: Sequence[Plan], *, memory: int | None = None) -> list[Trained]:
    """Train all plans and return what became of each, in their order.

    Plans of equal `Plan.group` train together. On the CPU a network's bytes do not depend on its company;
    on a GPU they may differ by rounding.

    Parameters
    ----------
    plans : sequence of Plan
    memory : int, optional
        Bytes for the networks that train at once, beside the rows; there is always at least one. By default
        `MEMORY` of their device.
    """
    found: dict[int, Trained] = {}
    groups: dict[tuple[object, ...], list[Member]] = {}
    for number, plan in enumerate(plans):
        groups.setdefault(plan.group, []).append(Member(plan, number))
    for members in groups.values():
        first = members[0].plan
        bound = MEMORY[first.table.numbers.device.type] if memory is None else memory
        for crew in _crews(members, max(1, bound // bytes_of(first))):
            began = time.perf_counter()
            with one_thread():
                done = _trained(crew)
            found |= _shared_out(done, time.perf_counter() - began)
    return [found[number] for number in range(len(plans))]


def _shared_out(done: dict[int, Trained], seconds: float) -> dict[int, Trained]:
    """Return what was trained at once with the time of it, shared out by the rows of their steps."""
    rows = sum(one.effort for one in done.values()) or 1.0
    return {number: replace(one, effort=seconds * one.effort / rows) for number, one in done.items()}


def _crews(members: Sequence[Member], most: int) -> Iterator[list[Member]]:
    """Yield the networks that train at once, in order: so many, and no more rows than are encoded for one.

    Whether the rows of a network are encoded beforehand is then never changed by its company.
    """
    crew: list[Member] = []
    rows: dict[int, int] = {}
    for member in members:
        table, network = member.plan.table, member.plan.network
        more = rows | {id(table): table.n_rows}
        width = network.n_numeric * (network.bins + 2) * table.numbers.element_size()
        if crew and (len(crew) == most or (len(more) > 1 and sum(more.values()) * width > ENCODED)):
            yield crew
            crew, more = [], {id(table): table.n_rows}
        crew.append(member)
        rows = more
    yield crew


def bytes_of(plan: Plan) -> int:
    """Return about how many bytes a network takes while it trains."""
    network, size = plan.network, plan.training.batch_size
    parameters = 8 * sum(network.sizes)
    activations = size * (3 * network.n_inputs + 8 * network.depth * network.width)
    pool = pool_rows(size) * network.depth * network.width
    width = 8 if plan.table.numbers.dtype == torch.float64 else 4
    return width * (parameters + activations + pool) + 24 * len(plan.train.y)


def _trained(members: Sequence[Member]) -> dict[int, Trained]:
    """Train these networks; where the device has no memory for it, fewer at once or smaller batches."""
    try:
        return dict(_run(members))
    except torch.cuda.OutOfMemoryError:
        pass  # what the failed try holds is freed when this block ends
    torch.cuda.empty_cache()
    if len(members) > 1:
        half = len(members) // 2
        parts = (members[:half], members[half:])
        return {k: v for part in parts for k, v in _trained([_anew(m) for m in part]).items()}
    return _smaller(members[0])


def _smaller(member: Member) -> dict[int, Trained]:
    plan, size = member.plan, member.plan.training.batch_size // 2
    if size < 16:
        fault = "the device has no memory for one network of 16 rows a batch"
        return {member.number: Trained(params={}, link="softmax", epochs=0, chosen=0, fault=fault)}
    small = replace(plan, training=replace(plan.training, batch_size=size))
    note = f"Out of memory on the device: trained with batches of {size} rows."
    found = _trained([Member(small, member.number)])
    # A still smaller size has been noted by the inner call.
    return {k: v if v.notes else replace(v, notes=(note,)) for k, v in found.items()}


def _anew(member: Member) -> Member:
    return Member(member.plan, member.number)


def _run(members: Sequence[Member]) -> Iterator[tuple[int, Trained]]:
    crew = Crew(members)
    while crew.members:
        crew.run_epoch()
        leaving = [k for k, member in enumerate(crew.members) if member.done]
        for k in leaving:
            yield crew.members[k].number, _result(crew, k)
        if leaving:
            crew.keep([k for k in range(len(crew.members)) if k not in leaving])


def _result(crew: Crew, k: int) -> Trained:
    member = crew.members[k]
    chosen, theta = member.epoch, crew.theta[k]
    if member.best is not None:
        chosen, theta = member.chosen, member.best
    return Trained(
        params={} if member.fault else crew.network.to_plain(theta.double().cpu().numpy()),
        link=member.loss.link,
        epochs=member.epoch,
        chosen=chosen,
        fault=member.fault,
        effort=float(member.steps * crew.training.batch_size),
    )
