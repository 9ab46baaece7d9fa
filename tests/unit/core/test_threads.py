"""One thread for whatever is loaded, also later."""

import sys
import types

from threadpoolctl import threadpool_info

from imbtool.core import threads
from imbtool.core.threads import one_thread


def test_all_libraries_have_one_thread_inside_and_what_they_had_outside():
    with one_thread():
        pass
    import sklearn.neighbors  # noqa: F401 - brings libraries with threads, perhaps only now

    before = threadpool_info()
    with one_thread():
        assert {row["num_threads"] for row in threadpool_info()} == {1}
    assert threadpool_info() == before


def test_libraries_are_looked_through_once_and_again_after_an_import(monkeypatch):
    first = threads._threads(len(sys.modules))
    assert threads._threads(len(sys.modules)) is first
    monkeypatch.setitem(sys.modules, "a_module_with_a_library", types.ModuleType("a_module_with_a_library"))
    assert threads._threads(len(sys.modules)) is not first
