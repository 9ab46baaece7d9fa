"""The cheap look at installed packages finds what importlib.metadata finds, wherever a plug-in lies."""

import sys
import zipfile
from importlib.metadata import MetadataPathFinder, entry_points

import pytest

from imbtool.core.doors import doors

GROUP = "imbtool.methods"
ENTRY = "[console_scripts]\nx = y:z\n\n[imbtool.methods]\nplugged = plugged.rows:ROWS\n"
METADATA = "Metadata-Version: 2.1\nName: plugged\nVersion: 1.0\n"


def dist_info(folder):
    info = folder / "plugged-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(METADATA)
    (info / "entry_points.txt").write_text(ENTRY)
    return folder


def egg_info_of_a_checkout(folder):
    """As ``setup.py develop`` leaves it: beside the source, which an .egg-link or .pth puts on the path."""
    info = folder / "plugged.egg-info"
    info.mkdir()
    (info / "PKG-INFO").write_text(METADATA)
    (info / "entry_points.txt").write_text(ENTRY)
    return folder


def egg_folder(folder):
    info = folder / "plugged-1.0.egg" / "EGG-INFO"
    info.mkdir(parents=True)
    (info / "PKG-INFO").write_text(METADATA)
    (info / "entry_points.txt").write_text(ENTRY)
    return info.parent


def archive(folder):
    with zipfile.ZipFile(folder / "plugged.zip", "w") as file:
        file.writestr("plugged-1.0.dist-info/METADATA", METADATA)
        file.writestr("plugged-1.0.dist-info/entry_points.txt", ENTRY)
    return folder / "plugged.zip"


def found():
    return [(door.package, door.value) for door in doors(GROUP)]


@pytest.mark.parametrize("install", [dist_info, egg_info_of_a_checkout, egg_folder, archive])
def test_a_plug_in_is_found_however_it_is_installed(install, tmp_path, monkeypatch) -> None:
    alone = found()
    monkeypatch.syspath_prepend(install(tmp_path))
    assert found() == [*alone, ("plugged", "plugged.rows:ROWS")]
    assert {value for _, value in found()} == {entry.value for entry in entry_points(group=GROUP)}


def test_a_plug_in_is_found_in_the_working_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(dist_info(tmp_path))
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    assert ("plugged", "plugged.rows:ROWS") in found()


def test_a_finder_that_brings_distributions_of_its_own_is_asked(tmp_path, monkeypatch) -> None:
    class Finder:
        @staticmethod
        def find_spec(*_):
            return None

        @staticmethod
        def find_distributions(context):
            return MetadataPathFinder.find_distributions(
                type(context)(name=context.name, path=[str(tmp_path)])
            )

    dist_info(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    assert ("plugged", "plugged.rows:ROWS") in found()


def test_what_cannot_be_looked_at_hides_nothing_of_ours(tmp_path, monkeypatch) -> None:
    alone = found()
    empty = tmp_path / "old.egg-info"  # a file, as distutils wrote it
    empty.write_text(METADATA)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path), str(empty), str(tmp_path / "gone")])
    assert found() == alone


def test_ours_come_from_what_we_declare() -> None:
    for group in ("imbtool.methods", "imbtool.learners", "imbtool.metrics"):
        [door] = doors(group)
        [entry] = entry_points(group=group)
        assert (door.package, door.value) == ("imbtool", entry.value)
        assert door.load() is entry.load()
