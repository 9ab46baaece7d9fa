"""An epoch of the network beside the loop that a user writes; 65 networks together; where an epoch goes.

Usage: python -m benchmarks torch_speed [cpu|cuda] [--save] [--dry]

The loop: the same network as a ``torch.nn.Module``, AdamW, a `DataLoader` over a `TensorDataset` with a
`WeightedRandomSampler` that balances the classes. Ours draws the same way. Beside both stands the time of
the network's matrix products alone, in a bare loop over batches that lie ready: what a loop with these
products cannot go below in single precision (ours needs fewer: encoded numbers are summed). The 65 networks
are those of a comparison: 13 treatments on 5 folds. For these it prints what share is reached of the
arithmetic and the memory bandwidth of the device, both measured too. On the CPU one thread. ``--dry`` runs
all parts once at small sizes on the CPU, with the batched products of a GPU, to see that they run; its
figures mean nothing.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.shared import RESULTS
from imbtool.core.types import Layout
from imbtool.learners.torch import TorchLearner

if TYPE_CHECKING:
    from imbtool.learners.torch.plan import Plan

FEATURES = 30
TOGETHER = 65
ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is measured: rows beside the loop, batch sizes, rows of many networks, and how many."""

    rows: tuple[int, ...] = (10_000, 100_000)
    batches: tuple[int, ...] = (512, 4096)
    many: tuple[int, ...] = (2_000,)
    together: int = TOGETHER
    profiled: int = 100_000
    rounds: int = ROUNDS


SIZES = {
    "cpu": Size(),
    "cuda": Size(many=(10_000, 100_000)),
    "dry": Size(rows=(600,), batches=(128,), many=(300,), together=4, profiled=600, rounds=1),
}


def table(n: int) -> tuple[Any, Any, Layout]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, FEATURES))
    y = (X[:, :5].sum(axis=1) + rng.normal(size=n) > 4.5).astype(np.int64)
    return X, y, Layout(names=tuple(f"x{j}" for j in range(FEATURES)), levels=(0,) * FEATURES)


def balanced_sampler() -> Any:
    from imbtool.learners.torch.hooks import BatchSampler, EpochRows

    class Balanced(BatchSampler):
        """As many rows as there are, with replacement, each class as likely."""

        def epoch(self, y: Any, now: Any) -> EpochRows:
            counts, rows = np.bincount(y), np.argsort(y, kind="stable")
            own = now.rng.integers(0, len(counts), len(y))
            places = (now.rng.random(len(y)) * counts[own]).astype(np.int64)
            return EpochRows(order=rows[(np.cumsum(counts) - counts)[own] + places])

    return Balanced()


def plans(n: int, k: int, *, size: int, epochs: int, device: str) -> list[Plan]:
    X, y, layout = table(n)
    learner = TorchLearner(epochs=epochs, batch_size=size, device=device)
    view = learner.view(X, layout)
    rows = learner.prepare(view.transform(X), y, view=view, n_classes=2)
    made = [
        learner.plan(rows, np.arange(n), y, view=view, n_present=2, random_state=seed) for seed in range(k)
    ]
    return [replace(plan, sampler=balanced_sampler()) for plan in made]


def users_loop(n: int, size: int, epochs: int) -> float:
    """Return seconds an epoch of the loop that a user writes."""
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

    (plan,) = plans(n, 1, size=size, epochs=1, device="cpu")
    network, y = plan.network, torch.as_tensor(plan.train.y)
    rank, soft = plan.table.numbers.split(FEATURES, dim=1)
    data = torch.cat([rank.nan_to_num(0.0), soft, rank.isnan()], dim=1)
    steps = torch.arange(network.bins)

    class Embedded(nn.Module):
        def forward(self, numbers: Any) -> Any:
            rank = numbers[:, :FEATURES].unsqueeze(-1)
            pieces = (rank * network.bins - steps).clamp(0.0, 1.0).flatten(1)
            return torch.cat([pieces, numbers[:, FEATURES:]], dim=1)

    layers: list[Any] = [Embedded()]
    for inputs in (network.n_inputs, network.width):
        layers += [nn.Linear(inputs, network.width), nn.ReLU(), nn.Dropout(plan.training.dropout)]
    model = nn.Sequential(*layers, nn.Linear(network.width, 1))
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.002, weight_decay=1.0)
    weight = (1.0 / torch.bincount(y))[y]
    loader = DataLoader(
        TensorDataset(data, y.float()), batch_size=size, sampler=WeightedRandomSampler(weight, n)
    )
    entropy = nn.BCEWithLogitsLoss()
    began = time.perf_counter()
    for _ in range(epochs):
        for numbers, target in loader:
            optimiser.zero_grad()
            entropy(model(numbers)[:, 0], target).backward()
            optimiser.step()
    return (time.perf_counter() - began) / epochs


def ours(n: int, k: int, size: int, epochs: int, device: str) -> float:
    """Return seconds an epoch of `k` networks together, what is done once before the first included."""
    from imbtool.learners.torch.trainer import train

    made = plans(n, k, size=size, epochs=epochs, device=device)
    began = time.perf_counter()
    train(made)
    if device == "cuda":
        import torch

        torch.cuda.synchronize()
    return (time.perf_counter() - began) / epochs


def products(n: int, size: int) -> float:
    """Return seconds of the matrix products of an epoch alone, forward and backward, of one network."""
    import torch

    (plan,) = plans(n, 1, size=size, epochs=1, device="cpu")
    inputs, width, depth = plan.network.n_inputs, plan.network.width, plan.network.depth
    sizes = [inputs, *[width] * depth, 1]
    pairs = list(pairwise(sizes))
    x, w = [torch.rand(size, a) for a in sizes], [torch.rand(a, b) for a, b in pairs]
    dw, dx = [torch.empty_like(t) for t in w], [torch.empty_like(t) for t in x]
    began = time.perf_counter()
    for _ in range(-(-n // size)):
        for layer in range(len(pairs)):
            torch.mm(x[layer], w[layer], out=dx[layer + 1])
        for layer in reversed(range(len(pairs))):
            torch.mm(x[layer].t(), x[layer + 1], out=dw[layer])
            if layer:
                torch.mm(x[layer + 1], w[layer].t(), out=dx[layer])
    return time.perf_counter() - began


def against_the_loop(sizes: Size) -> list[str]:
    lines = [
        f"## One network, {FEATURES} numeric features, CPU",
        "",
        "| rows | batch | loop, s an epoch | imbtool | times | products of the loop alone | times |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for n, size in product(sizes.rows, sizes.batches):
        few = max(1, 20_000 // n)
        made = np.array(
            [
                (
                    users_loop(n, size, few),
                    ours(n, 1, size, 10 * few, "cpu"),
                    products(n, size),
                )
                for _ in range(sizes.rounds)
            ]
        )
        times = np.median(made[:, :1] / made[:, 1:], axis=0)
        loop, *own = np.median(made, axis=0)
        cells = "".join(f" {s:.3f} | {t:.1f} |" for s, t in zip(own, times, strict=True))
        lines.append(f"| {n:,} | {size} | {loop:.3f} |{cells}")
        print(lines[-1], flush=True)
    return lines


def flops(plan: Plan) -> float:
    """Return operations of the matrix products of an epoch: forward, and two products backward."""
    network = plan.network
    inputs = network.n_inputs * network.width * 4
    rest = ((network.depth - 1) * network.width**2 + network.width) * 6
    return float(len(plan.train.y) * (inputs + rest))


def bytes_moved(plan: Plan) -> float:
    """Return the least bytes of an epoch: AdamW moves seven numbers a parameter and step."""
    steps = -(-len(plan.train.y) // plan.training.batch_size)
    activations = 4.0 * len(plan.train.y) * (2 * plan.network.n_inputs + 8 * plan.network.width)
    return steps * sum(plan.network.sizes) * 4.0 * 7 + activations


def limits(device: str) -> Any:
    """Return operations and bytes a second that the device reaches in a large product and a large copy."""
    import torch

    def rate(work: Any, amount: float) -> float:
        best = 0.0
        for _ in range(3):
            began = time.perf_counter()
            work()
            if device == "cuda":
                torch.cuda.synchronize()
            best = max(best, amount / (time.perf_counter() - began))
        return best

    n = 8192 if device == "cuda" else 1024
    a, b = torch.rand(n, n, device=device), torch.rand(n, n, device=device)
    source = torch.rand(n * n // 4, 16, device=device)
    target = torch.empty_like(source)
    moved = 2.0 * source.numel() * source.element_size()
    return np.array([rate(lambda: a @ b, 2.0 * n**3), rate(lambda: target.copy_(source), moved)])


def many(device: str, sizes: Size) -> list[str]:
    most = limits(device)
    lines = [
        f"## {sizes.together} networks of a comparison, {device.upper()}",
        "",
        "| rows | apart, s an epoch | together, s an epoch | times | GFLOP/s | share | GB/s | share |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for n in sizes.many:
        size = 256 if n <= 10_000 else 512
        (plan,) = plans(n, 1, size=size, epochs=1, device=device)
        ours(n, 1, size, 1, device)
        single = sizes.together * ours(n, 1, size, 8, device)
        both = ours(n, sizes.together, size, 4, device)
        rates = sizes.together * np.array([flops(plan), bytes_moved(plan)]) / both
        cells = "".join(f" {r / 1e9:.0f} | {r / m:.0%} |" for r, m in zip(rates, most, strict=True))
        lines.append(f"| {n:,} | {single:.2f} | {both:.2f} | {single / both:.1f} |{cells}")
        print(lines[-1], flush=True)
    return lines


def equality(device: str) -> list[str]:
    from imbtool.learners.torch.trainer import train

    made = plans(600, 64, size=64, epochs=2, device=device)
    together, alone = train(made), train(made[:1])
    gap = max(float(np.abs(together[0].params[k] - alone[0].params[k]).max()) for k in alone[0].params)
    return [f"Largest difference of a parameter, alone and among 64 (single precision, {device}): {gap:.1e}."]


def profiled(device: str, sizes: Size) -> list[str]:
    from torch.profiler import ProfilerActivity, profile

    from imbtool.learners.torch.trainer import train

    n, lines = sizes.profiled, []
    watch = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if device == "cuda" else [])]
    for size in sizes.batches:
        made = plans(n, 1, size=size, epochs=1, device=device)
        with profile(activities=watch) as watched:
            began = time.perf_counter()
            train(made)
            seconds = time.perf_counter() - began
        spent = {
            row.key: row.self_device_time_total if device == "cuda" else row.self_cpu_time_total
            for row in watched.key_averages()
        }
        if device == "cpu":
            spent["Python, NumPy, SciPy"] = 1e6 * seconds - sum(spent.values())
        whole = sum(spent.values())
        lines += ["", f"## Where an epoch goes: {n:,} x {FEATURES}, batch {size}", ""]
        lines += ["| operation | share |", "|---|---:|"]
        first = sorted(spent, key=lambda key: -spent[key])[:10]
        lines += [f"| `{key}` | {spent[key] / whole:.0%} |" for key in first]
    return lines


def main(arguments: list[str]) -> None:
    import torch

    from imbtool.learners.torch import dense

    dry = "--dry" in arguments
    device = "cuda" if "cuda" in arguments and not dry else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        sys.exit("PyTorch finds no CUDA device.")
    dense.BATCHED = dry
    sizes = SIZES["dry" if dry else device]
    torch.set_num_threads(1)
    where = torch.cuda.get_device_name() if device == "cuda" else "the CPU, one thread"
    parts = [many(device, sizes), equality(device), profiled(device, sizes)]
    if device == "cpu":
        parts.insert(0, against_the_loop(sizes))
    shown = f"python -m benchmarks torch_speed {device} --save"
    head = f"# torch_speed\n\n`{shown}`: PyTorch {torch.__version__} on {where}.\n"
    text = "\n\n".join([head, *("\n".join(part) for part in parts)]) + "\n"
    print(text)
    if "--save" in arguments and not dry:
        (RESULTS / "torch_speed.md").write_text(text.replace("\n\n\n", "\n\n"), encoding="utf-8")
