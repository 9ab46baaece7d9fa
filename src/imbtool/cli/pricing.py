"""Options about what decisions cost and bring."""

from __future__ import annotations

from functools import partial

import click

from imbtool.cli.stacking import option, stack

_price = partial(option, section="Price", variable=True)
_cells = partial(option, section="Price")

price_options = stack(
    _price("--cost-fn", type=click.FloatRange(min=0), metavar="X", help="Cost of a missed positive."),
    _price("--cost-fp", type=click.FloatRange(min=0), metavar="X", help="Cost of a false alarm."),
    _cells(
        "--cost-matrix",
        metavar="FILE",
        help='Cost of each decision (columns) for each class (rows): a CSV file, or "0,1;10,0".',
    ),
    _cells("--cost-column", metavar="COLUMN", help="Cost of acting on each row."),
    _cells("--value-column", metavar="COLUMN", help="Value of acting on each row when it is positive."),
    _price(
        "--top-k", type=click.IntRange(min=1), metavar="N", help="Rows of the table that can be acted on."
    ),
    _price(
        "--top-rate",
        type=click.FloatRange(min=0, max=1, min_open=True),
        metavar="X",
        help="Share of the rows that can be acted on.",
    ),
    _price(
        "--min-precision",
        type=click.FloatRange(min=0, max=1, min_open=True),
        metavar="X",
        help="Precision that the decisions must keep.",
    ),
    _price(
        "--min-recall",
        type=click.FloatRange(min=0, max=1, min_open=True),
        metavar="X",
        help="Recall that the decisions must keep.",
    ),
    _price(
        "--emp",
        metavar="CAMPAIGN",
        help='A retention campaign, ranked by its expected maximum profit: churn, or "clv=300,incentive=20".',
    ),
)
