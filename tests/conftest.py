"""No test writes to the store of the person who runs it, and none fails because the machine is busy."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("imbtool", deadline=None)
settings.load_profile("imbtool")


@pytest.fixture(scope="session", autouse=True)
def _own_state_folder(tmp_path_factory: pytest.TempPathFactory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield
