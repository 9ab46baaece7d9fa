import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from tests.unit.report import fixtures

from imbtool.report import view
from imbtool.report.html import to_html
from imbtool.report.markdown import to_markdown

VOID = {"meta", "br", "wbr", "line", "circle", "img", "hr"}
EVERY = [fixtures.binary, fixtures.inconclusive, fixtures.multiclass]


class Balanced(HTMLParser):
    """Checks that every element that is opened is closed in its place."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        pass

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("make", EVERY)
def test_the_page_is_balanced_and_brings_everything_with_it(make) -> None:
    page = to_html(make())
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert not re.search(r"<script|src=|href=|url\(|@import|http", page)


@pytest.mark.parametrize("make", EVERY)
def test_the_page_follows_light_and_dark(make) -> None:
    assert "prefers-color-scheme: dark" in to_html(make())


def test_all_reports_tell_the_folds_that_were_compared_and_the_learner_they_share() -> None:
    run = fixtures.binary()
    methods = tuple(replace(r, fold_values=r.fold_values[:3]) for r in run.methods if r.learner == "forest")
    cut = replace(run, methods=methods)
    told = "anked by PR-AUC over 3 folds with forest; + is better than nothing"
    assert f"r{told}" in to_html(cut)
    assert f"R{told}." in to_markdown(cut)
    assert "with forest" not in view.heading(run)


def test_every_ranked_row_is_on_the_page_with_its_interval() -> None:
    run = fixtures.binary()
    page = to_html(run)
    ranked = [row for row in run.methods if row.rank]
    assert page.count("<svg ") == len(ranked)
    assert page.count('class="worse') + page.count('class="tied') + page.count('class="best') == len(ranked)


def test_nothing_in_the_data_becomes_markup_on_the_page() -> None:
    run = fixtures.multiclass()
    evil = "<script>alert(1)</script>"
    run = replace(
        run, dataset=replace(run.dataset, name=evil, classes=(evil, "b", "c")), command=evil, notes=(evil,)
    )
    assert "<script" not in to_html(run)


def test_a_fragment_for_notebooks_has_no_document_around_it() -> None:
    assert "<html" not in to_html(fixtures.binary(), page=False)


def test_markdown_has_one_line_a_row_and_all_columns_in_each() -> None:
    run = fixtures.binary()
    text = to_markdown(run)
    table = [line for line in text[text.index("## Methods") :].splitlines() if line.startswith("| ")]
    assert len(table) == 2 + sum(1 for row in run.methods if row.rank)
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {13}


def test_nothing_in_the_data_becomes_markup_in_markdown() -> None:
    run = fixtures.multiclass()
    evil = "a|b<img src=x>`c`\n# d"
    text = to_markdown(replace(run, dataset=replace(run.dataset, name=evil, classes=(evil, "b", "c"))))
    assert "<img" not in text.replace("\\<img", "")
    assert "\n# d" not in text


def test_markdown_says_verdict_problems_and_commands() -> None:
    run = fixtures.binary()
    text = to_markdown(run)
    assert f"**{run.verdict.headline}**" in text
    assert "the time limit of 60 s was reached" in text
    assert f"    {run.command}" in text
