"""Laws of recipe notation."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from imbtool import registry
from imbtool.core.errors import UsageError
from imbtool.recipe.parser import parse_recipe


@given(st.text(max_size=40))
def test_no_text_makes_the_parser_fail_other_than_by_a_usage_error(text):
    with contextlib.suppress(UsageError):
        spec = parse_recipe(text)
        assert parse_recipe(str(spec)) == spec


@st.composite
def numbers_in_range(draw):
    # A number alone may contradict the other parameters where these are checked together.
    free = [m for m in registry.methods().values() if not m.check]
    info = draw(st.sampled_from([m for m in free if any(p.type == "float" for p in m.params)]))
    param = draw(st.sampled_from([p for p in info.params if p.type == "float"]))
    high = param.high if param.high is not None else 1e6
    return info.name, param.name, draw(st.floats(param.low, high))


@given(st.text(min_size=1, max_size=20).filter(lambda text: not {'"', "'"} <= set(text)))
def test_a_text_survives_the_canonical_spelling(text):
    quote = "'" if '"' in text else '"'
    spec = parse_recipe(f"moment_matching(columns={quote}{text}{quote})")
    assert dict(spec.steps[0].params) == {"columns": text}
    assert parse_recipe(str(spec)) == spec


@given(numbers_in_range())
def test_a_parameter_survives_the_canonical_spelling_to_the_last_bit(case):
    name, key, value = case
    spec = parse_recipe(f"{name}({key}={value!r})")
    again = parse_recipe(str(spec))
    assert again == spec
    default = next(p.default for p in registry.method(name).params if p.name == key)
    assert dict(again.steps[0].params).get(key, default) == value
