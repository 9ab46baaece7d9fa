"""Options that mean the same in every command, with their environment variables."""

from __future__ import annotations

from functools import partial

import click

from imbtool.cli.judging import bootstrap_option, test_options
from imbtool.cli.pricing import price_options
from imbtool.cli.stacking import flat
from imbtool.cli.stacking import option as _option
from imbtool.cli.stacking import stack as _stack
from imbtool.cli.types import LearnersType, MetricType, RecipesType, data_sources
from imbtool.cli.working import engine_options, jobs_option, work_options

_data = partial(_option, section="Data")
_what = partial(_option, section="What to compare", variable=True)
_fit = partial(_option, section="What to fit")
_how = partial(_option, section="Protocol", variable=True)
_work = partial(_option, section="Work", variable=True)
_out = partial(_option, section="Output")

_reading = (
    _data("--positive", metavar="LABEL", show_default="the rarer class", help="Class of interest."),
    _data("--weight", metavar="COLUMN", help="Column with row weights."),
    _data("--group", metavar="COLUMN", help="Rows of one group stay on the same side of every split."),
    _data("--time", metavar="COLUMN", help="Train on earlier rows, test on later ones."),
    _data("--drop", metavar="COLUMN", multiple=True, help="Leave a column out; may be repeated."),
    _data(
        "--categorical",
        metavar="COLUMN",
        multiple=True,
        help="Take a column of numbers as codes; may be repeated.",
    ),
    _data(
        "--max-rows",
        type=click.IntRange(min=10),
        metavar="N",
        variable=True,
        show_default="all",
        help="Use a stratified sample of N rows.",
    ),
)

_data_argument = click.argument("data", metavar="DATA", shell_complete=data_sources)
_TARGET = "Column with the class of each row."

data_options = _stack(
    _data_argument,
    _data("--target", "-t", required=True, metavar="COLUMN", help=_TARGET),
    *_reading,
)

score_options = _stack(
    _data_argument,
    _data("--target", "-t", required=True, metavar="COLUMN", help=_TARGET),
    _data("--drop", metavar="COLUMN", multiple=True, help="Leave a column out; may be repeated."),
    _data(
        "--categorical",
        metavar="COLUMN",
        multiple=True,
        help="Take a column of numbers as codes; may be repeated.",
    ),
    _fit(
        "--learner",
        type=LearnersType(single=True),
        metavar="NAME",
        default="torch",
        help="torch, with parameters in parentheses.",
    ),
    _fit("--runs", type=click.IntRange(min=1), metavar="N", default=5, help="Networks to average over."),
    _how("--seed", type=click.IntRange(min=0), metavar="N", default=0, help="Same seed, same numbers."),
)

fit_options = _stack(
    _data_argument,
    _data("--target", "-t", metavar="COLUMN", show_default="that of --from", help=_TARGET),
    *_reading,
    _fit(
        "--from",
        "comparison",
        metavar="FILE",
        help="Fit the verdict of a comparison written as JSON, read the same way; - for standard input.",
    ),
    _fit("--recipe", type=RecipesType(single=True), metavar="RECIPE", help="Methods joined by +."),
    _fit(
        "--learner",
        type=LearnersType(single=True),
        metavar="NAME",
        show_default="lightgbm",
        help="lightgbm, logistic, forest or torch, with parameters in parentheses.",
    ),
    _fit(
        "--calibration-rows",
        type=click.FloatRange(min=0, min_open=True),
        metavar="X",
        show_default="none",
        help="Share (below 1) or number of rows to hold back, so that predict --fdr can promise a rate.",
    ),
    bootstrap_option,
    _how(
        "--threshold-metric",
        type=MetricType(decision=True),
        metavar="NAME",
        show_default="f1, or what the price says",
        help=f"Chooses the threshold. One of: {', '.join(MetricType(decision=True).names())}.",
    ),
    _how(
        "--seed",
        type=click.IntRange(min=0),
        metavar="N",
        show_default="0",
        help="Same seed, same bytes.",
    ),
    price_options,
)

comparison_options = _stack(
    _what(
        "--methods",
        type=RecipesType(),
        metavar="LIST",
        multiple=True,
        callback=flat,
        show_default="the usual ones",
        help="Recipes, separated by commas, or all; the four controls are always added.",
    ),
    _what(
        "--learners",
        type=LearnersType(),
        metavar="LIST",
        multiple=True,
        callback=flat,
        show_default="auto",
        help="lightgbm, logistic, forest, torch, several separated by commas, or auto.",
    ),
    _how(
        "--metric",
        type=MetricType(),
        metavar="NAME",
        show_default="pr_auc, or what the price says",
        help=f"Ranks the table. One of: {', '.join(MetricType().names())}.",
    ),
    _how(
        "--threshold-metric",
        type=MetricType(decision=True),
        metavar="NAME",
        show_default="f1, or what the price says",
        help=f"Chooses the threshold. One of: {', '.join(MetricType(decision=True).names())}.",
    ),
    _how(
        "--folds",
        type=click.IntRange(min=2),
        metavar="N",
        show_default="5, fewer when there are fewer positives",
        help="Test folds.",
    ),
    _how(
        "--repeats",
        type=click.IntRange(min=1),
        metavar="N",
        show_default="by the number of rows",
        help="How often the folds are drawn anew.",
    ),
    _how(
        "--rope",
        type=click.FloatRange(min=0, max=1, max_open=True),
        metavar="X",
        default=0.01,
        help="Differences up to X count as equal, in units of the metric.",
    ),
    _how(
        "--inner-folds",
        type=click.IntRange(min=0),
        metavar="N",
        default=3,
        help="Folds of a training part on which calibrators and thresholds are chosen; 0 chooses none.",
    ),
    _how("--seed", type=click.IntRange(min=0), metavar="N", default=0, help="Same seed, same numbers."),
    _how(
        "--prove",
        is_flag=True,
        help="Try every recipe on a permuted target too: it must fall to chance.",
    ),
    test_options,
    _work(
        "--fast",
        is_flag=True,
        help="Coarser boosted trees, one repeat less by default, and treatments safely behind are dropped "
        "early; the report says so.",
    ),
    work_options,
    price_options,
)

dry_run_option = _option(
    "--dry-run",
    section="Work",
    is_flag=True,
    help="Run nothing; print the trials, and how long and how much memory they will take.",
)

output_option = _out(
    "--output",
    "-o",
    metavar="FILE",
    help="Also write the report, by suffix: .json, .md, .html, else JSON; whole or not at all.",
)

plot_option = _out(
    "--plot",
    metavar="FILE",
    help="Also draw the curves as SVG: ROC with its hull, precision-recall, gain, cost.",
)

export_option = _out(
    "--output", "-o", metavar="FILE", help="Write it to a file instead; whole or not at all."
)

store_option = _out(
    "--store",
    metavar="FILE",
    variable=True,
    show_default="in the user's state folder",
    help="File that keeps every trial; several runs and processes may share it.",
)

no_store_option = _out("--no-store", is_flag=True, variable=True, help="Keep no trials.")

__all__ = [
    "comparison_options",
    "data_options",
    "dry_run_option",
    "engine_options",
    "export_option",
    "fit_options",
    "flat",
    "jobs_option",
    "no_store_option",
    "output_option",
    "plot_option",
    "price_options",
    "store_option",
    "work_options",
]
