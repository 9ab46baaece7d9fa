"""The grammar of gates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbtool.core.errors import UsageError
from imbtool.holdout.gates import Bound, Gate, parse_gates
from imbtool.holdout.measures import at_top, metric_named, take_measure, top_of

WRITTEN = [
    ("pr_auc >= 0.40", "pr_auc >= 0.4"),
    ("recall@precision>=0.9 >= 0.25", "recall@precision>=0.9 >= 0.25"),
    ("precision@recall >= 50% > .2", "precision@recall>=0.5 > 0.2"),
    ("precision@top5% >= 30%", "precision@top5% >= 0.3"),
    ("recall@top100>=.3", "recall@top100 >= 0.3"),
    ("auc>=baseline - 0.01", "roc_auc >= baseline - 0.01"),
    ("AP > baseline", "pr_auc > baseline"),
    ("ap >= 0.95*baseline", "pr_auc >= 0.95 * baseline"),
    ("brier <= 110% * baseline + 1e-2", None),
    ("brier <= 110% * baseline + 0.01", "brier <= 1.1 * baseline + 0.01"),
    ("region=north: recall >= 0.5", "region=north: recall >= 0.5"),
    ("region = north : recall ≥ 0.5", "region=north: recall >= 0.5"),
    ("each region: brier <= 0.1", "each region: brier <= 0.1"),
    ("each my column: f1_default>=.2", "each my column: f1_default >= 0.2"),
    ("\"a:b=c\"='x:y': mcc > -0.1", '"a:b=c"="x:y": mcc > -0.1'),
    ("calibration_slope >= -3", "calibration_slope >= -3"),
    ("log_loss < 1e-2", "log_loss < 0.01"),
]


@pytest.mark.parametrize(("text", "canonical"), [pair for pair in WRITTEN if pair[1]])
def test_a_gate_reads_and_is_written_in_one_way(text, canonical):
    (gate,) = parse_gates([text])
    assert str(gate) == canonical
    assert parse_gates([canonical]) == (gate,)


FAULTS = [
    ("pr_acu >= 0.3", "Did you mean 'pr_auc'"),
    ("recall = 0.3", "'=' is no sign of a gate"),
    ("recall 0.3", "a sign .* is missing after 'recall'"),
    ("each: recall >= 0.2", "column=level, or each column"),
    ("each region recall >= 0.2", "each region: ..."),
    ("x: recall > 0.2", "column=level, or each column"),
    ("region=: recall >= 0.1", "a level is missing"),
    ("recall >=", "the bound is missing"),
    ("recall >= basline", "'basline' is no bound"),
    ("recall >= 0 * baseline", "must be above 0"),
    ("recall@fpr>=0.1 >= 0.2", "'recall@fpr' is not known"),
    ("brier_default <= 0.1", "does not depend on the threshold"),
    ("recall@precision>=90 >= 0.1", "at most 1"),
    ("precision@top0 >= 0.1", "no number of rows"),
    ("precision@top101% >= 0.1", "no number of rows"),
    ("precision@top1.5 >= 0.1", "no number of rows"),
    ("recall >= 50", "write 50% for a percentage"),
    ("'x=3: recall >= 0.1", "not closed"),
    ("", "no metric before the sign"),
    (">= 3", "no metric before the sign"),
    ("__import__('os').system('x') >= 1", "unknown metric"),
]


@pytest.mark.parametrize(("text", "told"), FAULTS)
def test_a_gate_that_cannot_be_read_says_what_is_wrong(text, told):
    with pytest.raises(UsageError, match=told) as caught:
        parse_gates([text])
    assert caught.value.code == "bad-gate"


def test_all_faults_are_told_at_once():
    with pytest.raises(UsageError) as caught:
        parse_gates([text for text, _ in FAULTS] + ["recall >= 0.5"])
    assert f"{len(FAULTS)} of {len(FAULTS) + 1} gates" in caught.value.message
    assert caught.value.message.count("\n- ") == len(FAULTS)


names = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(
    lambda t: t.strip() == t and not ("'" in t and '"' in t) and not t.startswith("each ")
)
measures = st.sampled_from(
    [
        *map(metric_named, ("pr_auc", "recall", "f1_default")),
        take_measure("recall@precision>=0.9")[0],
        at_top("precision@top", top_of("5%")),
        at_top("recall@top", top_of("100")),
    ]
)
hundredths = st.integers(1, 99).map(lambda k: k / 100)
bounds = st.one_of(
    st.builds(Bound, plain=hundredths),
    st.builds(Bound, plain=st.integers(-99, 99).map(lambda k: k / 100), factor=hundredths),
)


@given(
    measures,
    st.sampled_from([">=", "<=", ">", "<"]),
    bounds,
    st.one_of(st.just(("", None)), st.tuples(names, st.one_of(st.none(), names))),
)
def test_whatever_gate_there_is_reads_back_as_itself(measure, sign, bound, scope):
    gate = Gate(measure=measure, sign=sign, bound=bound, column=scope[0], level=scope[1])
    assert parse_gates([str(gate)]) == (gate,)


@given(st.text(max_size=40))
def test_no_text_does_anything_but_read_or_be_refused(text):
    try:
        (gate,) = parse_gates([text])
    except UsageError:
        return
    assert parse_gates([str(gate)]) == (gate,)
