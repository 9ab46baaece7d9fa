"""What LightGBM says when it gives a training up."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import warnings
from platform import libc_ver

import pytest

from imbtool.learners.lightgbm import hush
from imbtool.learners.lightgbm.hush import hushed

glibc = pytest.mark.skipif(
    sys.platform != "linux" or libc_ver()[0] != "glibc", reason="only glibc's stream can be put aside"
)
GIVES_UP = "[LightGBM] [Fatal] Check failed: (best_split_info.left_count) > (0) at tree.cpp, line 882 .\n\n"


def say(text: str) -> None:
    """Write as C code does."""
    libc = ctypes.CDLL(None)
    stream = ctypes.c_void_p.in_dll(libc, "stderr")
    libc.fputs(text.encode(), stream)
    libc.fflush(stream)


@glibc
def test_only_that_a_training_is_given_up_is_kept_quiet(capfd) -> None:
    with hushed():
        say(GIVES_UP)
        say("[LightGBM] [Fatal] out of memory\n")
        print("from Python", file=sys.stderr)
    say(GIVES_UP)
    assert capfd.readouterr().err == f"from Python\n[LightGBM] [Fatal] out of memory\n{GIVES_UP}"


@glibc
def test_standard_error_comes_back_after_an_error_and_to_the_last_of_several(capfd) -> None:
    def give_up() -> None:
        with hushed():
            say(GIVES_UP)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        give_up()
    with hushed():
        with hushed():
            say(f"{GIVES_UP}inner\n")
        say(GIVES_UP)
    say("after\n")
    assert capfd.readouterr().err == "inner\nafter\n"


@glibc
def test_a_process_that_was_forked_listens_for_itself(capfd) -> None:
    with hushed():
        say("before\n")
    child = os.fork()
    if not child:
        with hushed():
            say(f"{GIVES_UP}child\n")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    with hushed():
        say("parent\n")
    assert capfd.readouterr().err == "before\nchild\nparent\n"


@glibc
def test_what_listens_is_no_file_that_python_finds_open_at_the_end() -> None:
    ear = hush._Ear(ctypes.CDLL(None))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        del ear
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


def test_where_the_stream_cannot_be_put_aside_everything_is_heard(monkeypatch, capfd) -> None:
    monkeypatch.setattr(hush, "libc_ver", lambda: ("", ""))
    with hushed():
        os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"
