import os
import stat
from pathlib import Path

import pytest

from imbtool.cli.output import Destination
from imbtool.core.errors import OutputError


def test_the_file_is_written_whole_and_nothing_else_is_left(tmp_path) -> None:
    Destination(str(tmp_path / "a.json")).write("{}\n")
    assert (tmp_path / "a.json").read_text() == "{}\n"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_checking_leaves_no_trace(tmp_path) -> None:
    Destination(str(tmp_path / "a.json"))
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_keeps_what_was_there(tmp_path) -> None:
    target = tmp_path / "a.json"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        Destination(str(target)).write("new \ud800")
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_an_existing_file_keeps_its_permissions(tmp_path) -> None:
    target = tmp_path / "a.json"
    target.write_text("old")
    target.chmod(0o640)
    Destination(str(target)).write("new")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path) -> None:
    (tmp_path / "plain").write_text("")
    Destination(str(tmp_path / "a")).write("x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_link_stays_a_link(tmp_path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    Destination(str(tmp_path / "link.json")).write("new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


def test_a_device_is_written_not_replaced() -> None:
    Destination("/dev/null").write("x")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize(
    ("name", "code", "text"),
    [
        ("missing/a.json", "output-folder-missing", "there is no folder"),
        (".", "output-is-a-folder", "is a folder"),
        ("a\0b", "output-not-writable", "cannot be written"),
        ("x" * 5000, "output-not-writable", "cannot be written"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_the_run(tmp_path, name, code, text) -> None:
    with pytest.raises(OutputError, match=text) as caught:
        Destination(f"{tmp_path}/{name}")
    assert caught.value.code == code


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        Destination(str(tmp_path / "a.json"))
