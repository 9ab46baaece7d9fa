"""The plug-in door: an installed package offers a method, and a broken one costs one line."""

import sys

import pytest

from imbtool import registry
from imbtool.core.errors import UsageError
from imbtool.methods.catalog import METHODS
from imbtool.testing import check_method

MODULE = '''
"""A method of another package."""

import numpy as np

from imbtool.core.info import MethodInfo, Param


class CubeRootWeights:
    """Weight each class in proportion to n_k^(-power)."""

    def __init__(self, power=0.25):
        self.power = power

    def fit_weight(self, X, y):
        weight = np.bincount(y)[y] ** -self.power
        return weight / weight.mean()


ROWS = (
    MethodInfo(
        name="{name}",
        kind="reweighter",
        summary="Weight each class gently",
        target="{module}:CubeRootWeights",
        params=(Param(name="power", type="float", default=0.25, summary="Exponent", low=0.0, high=1.0),),
    ),
)
'''


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that installs a package into a folder on the path."""
    monkeypatch.syspath_prepend(tmp_path)
    modules = []

    def add(module, name, body=MODULE):
        (tmp_path / f"{module}.py").write_text(body.replace("{name}", name).replace("{module}", module))
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        dist = module.replace("_", "-")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {dist}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[imbtool.methods]\n{module} = {module}:ROWS\n")
        modules.append(module)
        registry.methods.cache_clear()

    yield add
    registry.methods.cache_clear()
    for module in modules:
        sys.modules.pop(module, None)


def test_an_installed_method_is_listed_after_ours_and_conforms(install):
    install("gentle_weights", "gentle")
    assert list(registry.methods()) == [*(info.name for info in METHODS), "gentle"]
    check_method("gentle")
    assert registry.method("gentle").load()(power=0.5).power == 0.5


def test_two_packages_with_one_name_are_both_named(install):
    install("gentle_weights", "gentle")
    install("other_weights", "gentle")
    with pytest.raises(UsageError, match=r"Two packages offer 'gentle'.*gentle-weights and other-weights"):
        registry.methods()


def test_a_plug_in_may_not_take_one_of_our_names(install):
    install("gentle_weights", "smote")
    with pytest.raises(UsageError, match=r"Two packages offer 'smote'.*imbtool and gentle-weights"):
        registry.methods()


def test_a_plug_in_may_not_take_one_of_our_aliases(install):
    install("gentle_weights", "ros")
    with pytest.raises(UsageError, match="Two packages offer 'ros'"):
        registry.methods()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("import nothing_of_that_name\n", "No module named 'nothing_of_that_name'"),
        ("raise RuntimeError('no licence')\n", "no licence"),
        ("ROWS = ('smote',)\n", "expected rows of MethodInfo, got str"),
        ("", "has no attribute 'ROWS'"),
    ],
)
def test_a_broken_plug_in_costs_one_line_and_the_rest_works(install, capsys, body, reason):
    install("broken_weights", "broken", body)
    assert "broken" not in registry.methods()
    assert "smote" in registry.methods()
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("imbtool: plug-in broken-weights (broken_weights:ROWS) left out:")
    assert reason in err
