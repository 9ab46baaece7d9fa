"""An epoch of the network beside the loop that a user writes; 65 networks together; where an epoch goes.

Usage: python -m benchmarks torch_speed [cpu|cuda] [--save]

The loop: the same network as a ``torch.nn.Module``, AdamW, a `DataLoader` over a `TensorDataset` with a
`WeightedRandomSampler` that balances the classes. Ours draws the same way. The 65 networks are those of a
comparison: 13 treatments on 5 folds. On a GPU it prints what share of the card's arithmetic and memory
bandwidth is reached, counted from the operations of the network. On the CPU one thread, and CPU seconds
instead of wall time, so that other work on the machine counts little.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.shared import RESULTS
from imbtool.core.types import Layout
from imbtool.learners.torch import TorchLearner

if TYPE_CHECKING:
    from imbtool.learners.torch.plan import Plan

ROWS, FEATURES = 100_000, 30
TOGETHER = 65
ROUNDS = 3


def table(n: int) -> tuple[Any, Any, Layout]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, FEATURES))
    y = (X[:, :5].sum(axis=1) + rng.normal(size=n) > 4.5).astype(np.int64)
    return X, y, Layout(names=tuple(f"x{j}" for j in range(FEATURES)), levels=(0,) * FEATURES)


def balanced_sampler() -> Any:
    from imbtool.learners.torch.plan import BatchSampler, EpochRows

    class Balanced(BatchSampler):
        """As many rows as there are, with replacement, each class as likely."""

        def epoch(self, y: Any, now: Any) -> EpochRows:
            counts = np.bincount(y)
            edges = np.cumsum((1.0 / counts)[y])
            order = np.searchsorted(edges, now.rng.random(len(y)) * edges[-1])
            return EpochRows(order=np.minimum(order, len(y) - 1))

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
    network, data, y = plan.network, plan.table.numbers, torch.as_tensor(plan.train.y)
    steps = torch.arange(network.bins)

    class Embedded(nn.Module):
        def forward(self, numbers: Any) -> Any:
            rank = numbers[:, FEATURES : 2 * FEATURES].unsqueeze(-1)
            pieces = (rank * network.bins - steps).clamp(0.0, 1.0).flatten(1)
            return torch.cat([pieces, numbers[:, :FEATURES], numbers[:, 2 * FEATURES :]], dim=1)

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
    began = time.process_time()
    for _ in range(epochs):
        for numbers, target in loader:
            optimiser.zero_grad()
            entropy(model(numbers)[:, 0], target).backward()
            optimiser.step()
    return (time.process_time() - began) / epochs


def ours(n: int, k: int, size: int, epochs: int, device: str) -> float:
    """Return seconds an epoch of `k` networks together."""
    from imbtool.learners.torch.trainer import train

    made = plans(n, k, size=size, epochs=epochs, device=device)
    clock = time.perf_counter if device == "cuda" else time.process_time
    began = clock()
    train(made)
    if device == "cuda":
        import torch

        torch.cuda.synchronize()
    return (clock() - began) / epochs


def against_the_loop() -> list[str]:
    lines = [
        f"## One network, {ROWS:,} x {FEATURES}, CPU",
        "",
        "| batch | loop, s an epoch | imbtool, s an epoch | times |",
        "|---:|---:|---:|---:|",
    ]
    for size in (512, 4096):
        pairs = [(users_loop(ROWS, size, 1), ours(ROWS, 1, size, 2, "cpu")) for _ in range(ROUNDS)]
        loop, own = np.median([a for a, _ in pairs]), np.median([b for _, b in pairs])
        lines.append(f"| {size} | {loop:.2f} | {own:.2f} | {np.median([a / b for a, b in pairs]):.1f} |")
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


def many(device: str) -> list[str]:
    n_rows = (10_000, 100_000) if device == "cuda" else (2_000,)
    lines = [
        f"## {TOGETHER} networks of a comparison, {device.upper()}",
        "",
        "| rows | one after another, s an epoch | together, s an epoch | times | GFLOP/s | GB/s |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for n in n_rows:
        size = 256 if n <= 10_000 else 512
        (plan,) = plans(n, 1, size=size, epochs=1, device=device)
        ours(n, 1, size, 1, device)
        single = TOGETHER * ours(n, 1, size, 4, device)
        both = ours(n, TOGETHER, size, 2, device)
        rates = TOGETHER * np.array([flops(plan), bytes_moved(plan)]) / both / 1e9
        lines.append(
            f"| {n:,} | {single:.2f} | {both:.2f} | {single / both:.1f} | {rates[0]:.0f} | {rates[1]:.0f} |"
        )
        print(lines[-1], flush=True)
    return lines


def equality(device: str) -> list[str]:
    from imbtool.learners.torch.trainer import train

    made = plans(600, 64, size=64, epochs=2, device=device)
    together, alone = train(made), train(made[:1])
    gap = max(float(np.abs(together[0].params[k] - alone[0].params[k]).max()) for k in alone[0].params)
    return [f"Largest difference of a parameter, alone and among 64 (single precision, {device}): {gap:.1e}."]


def profiled(device: str) -> list[str]:
    from torch.profiler import ProfilerActivity, profile

    from imbtool.learners.torch.trainer import train

    made = plans(20_000, 1, size=512, epochs=2, device=device)
    with profile(activities=[ProfilerActivity.CPU]) as watched:
        train(made)
    rows = sorted(watched.key_averages(), key=lambda row: -row.self_cpu_time_total)
    whole = sum(row.self_cpu_time_total for row in rows)
    lines = ["## Where an epoch goes: 20,000 x 30, batch 512", "", "| operation | share |", "|---|---:|"]
    return [*lines, *(f"| `{row.key}` | {row.self_cpu_time_total / whole:.0%} |" for row in rows[:10])]


def main(arguments: list[str]) -> None:
    import torch

    device = "cuda" if "cuda" in arguments else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        sys.exit("PyTorch finds no CUDA device.")
    torch.set_num_threads(1)
    where = torch.cuda.get_device_name() if device == "cuda" else "the CPU, one thread"
    parts = [many(device), equality(device), profiled(device)]
    if device == "cpu":
        parts.insert(0, against_the_loop())
    shown = f"python -m benchmarks torch_speed {device} --save"
    head = f"# torch_speed\n\n`{shown}`: PyTorch {torch.__version__} on {where}.\n"
    text = "\n\n".join([head, *("\n".join(part) for part in parts)]) + "\n"
    print(text)
    if "--save" in arguments:
        (RESULTS / "torch_speed.md").write_text(text.replace("\n\n\n", "\n\n"), encoding="utf-8")
