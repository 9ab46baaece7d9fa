"""No test writes to the store of the person who runs it, and none fails because the machine is busy."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.cluster import Cluster

# One test process a core: threads of several, all as many as there are cores, wait for each other in loops.
for _library in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_library, "1")

settings.register_profile("imbtool", deadline=None)
settings.load_profile("imbtool")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with what takes long, so that no process works on it alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session", autouse=True)
def _own_state_folder(tmp_path_factory: pytest.TempPathFactory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def dask_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One scheduler with two worker processes, for all tests that leave it as it was.

    Modules that use it belong to the group "dask" of pytest-xdist, so that it is started once.
    """
    pytest.importorskip("distributed", reason="imbtool[dask] is not installed")
    from benchmarks.cluster import cluster

    importable = Path(__file__).parent / "unit" / "engine" / "importable"
    with cluster(tmp_path_factory.mktemp("dask"), importable=str(importable)) as made:
        yield made


@pytest.fixture
def scheduler(dask_cluster: Cluster) -> str:
    """The address of that scheduler, once its two workers are there: a test before may have killed one."""
    from benchmarks.cluster import wait_for

    wait_for(dask_cluster.address, 2)
    return dask_cluster.address


@pytest.fixture
def no_dead_clients() -> Iterator[None]:
    """Collect clients whose scheduler is gone now: the event loop of the next one would wait for them."""
    yield
    gc.collect()
