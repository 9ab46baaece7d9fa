import pytest
from tests.e2e.process import claims, here

__all__ = ["claims", "here"]


@pytest.fixture(autouse=True)
def _new_store(tmp_path_factory, monkeypatch) -> None:
    """No test takes trials from another one's store."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
