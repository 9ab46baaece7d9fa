"""Options about who works, where and for how long."""

from __future__ import annotations

from functools import partial

import click

from imbtool.cli.stacking import option, stack
from imbtool.cli.types import QuantityType

_work = partial(option, section="Work", variable=True)

engine_options = stack(
    _work(
        "--engine",
        type=click.Choice(["serial", "processes", "dask"]),
        show_default="processes",
        help="This process, processes on this machine, or the workers of a dask scheduler.",
    ),
    _work(
        "--scheduler",
        metavar="ADDRESS",
        help="The dask scheduler, such as tcp://10.0.0.5:8786; implies --engine dask.",
    ),
    _work(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda"]),
        show_default="each learner's own",
        help="Where learners train and neighbours are searched that can use a GPU.",
    ),
)

jobs_option = _work(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    show_default="number of cores",
    help="Worker processes; results do not depend on it.",
)

work_options = stack(
    jobs_option,
    _work(
        "--budget",
        type=QuantityType("duration"),
        metavar="TIME",
        help="Wall time of the whole run, such as 10m; what does not fit is cut off.",
    ),
    _work(
        "--method-timeout",
        type=QuantityType("duration"),
        metavar="TIME",
        help="Wall time of a method on a fold, such as 2m; one that takes longer is cut off.",
    ),
    _work(
        "--max-memory",
        type=QuantityType("size"),
        metavar="SIZE",
        help="Memory of all processes together, such as 8G; methods that need more are cut off.",
    ),
    engine_options,
    _work(
        "--together",
        type=click.Choice(["auto", "recipe", "fold"]),
        show_default="auto",
        help="Networks that train at once: those of a recipe, or of all recipes of a fold (auto: on a GPU).",
    ),
)
