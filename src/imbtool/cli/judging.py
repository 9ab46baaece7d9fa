"""Options about the test that decides a comparison."""

from __future__ import annotations

from functools import partial

import click

from imbtool.cli.stacking import option, stack

_how = partial(option, section="Protocol", variable=True)

bootstrap_option = option(
    "--bootstrap",
    section="What to fit",
    type=click.IntRange(min=10),
    metavar="N",
    show_default="none",
    help="Estimate how good the model will be by N rounds of the bootstrap .632+; each fits it again.",
)

test_options = stack(
    _how(
        "--test",
        type=click.Choice(["corrected-t", "5x2cv-f", "permutation", "bayes"]),
        metavar="NAME",
        show_default="corrected-t",
        help="What must show that a treatment helps: corrected-t, 5x2cv-f (brings its own folds, for 100 "
        "positives or more), permutation or bayes.",
    ),
    _how(
        "--correction",
        type=click.Choice(["holm", "bh", "none"]),
        metavar="NAME",
        show_default="holm",
        help="Correction for the number of treatments: holm, bh or none.",
    ),
)
