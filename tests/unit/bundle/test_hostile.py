"""Bundles that were damaged or made to do harm are refused with an error, and run nothing."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import re
import stat
import struct
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from imbtool.bundle import archive, files
from imbtool.bundle.files import from_bytes
from imbtool.core.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from imbtool.bundle.model import FittedModel

MODEL = "models/00000"


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> Any:
        return (os.mkdir, (self.path,))


@pytest.fixture
def trap(tmp_path):
    """A pickle that would leave a trace; the trace must not be there afterwards."""
    trace = tmp_path / "trace"
    yield pickle.dumps(Trap(trace))
    assert not trace.exists(), "the pickle was run"


def members(model: FittedModel) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(model.to_bytes())) as file:
        return {name: file.read(name) for name in file.namelist()}


def sealed(parts: dict[str, bytes]) -> bytes:
    """A bundle whose manifest vouches for its files, as a careful attacker would make it."""
    manifest = json.loads(parts["manifest.json"])
    said = {
        name: {"sha256": sha256(content).hexdigest(), "size": len(content)}
        for name, content in parts.items()
        if name != "manifest.json"
    }
    text = json.dumps({**manifest, "members": said}).encode()
    return archive.pack({"manifest.json": text, **{n: c for n, c in parts.items() if n != "manifest.json"}})


def with_manifest(model: FittedModel, change: Callable[[dict[str, Any]], None]) -> bytes:
    parts = members(model)
    document = json.loads(parts["manifest.json"])
    change(document)
    return archive.pack({**parts, "manifest.json": json.dumps(document).encode()})


def with_part(model: FittedModel, name: str, change: Callable[[bytes], bytes]) -> bytes:
    parts = members(model)
    return sealed({**parts, name: change(parts[name])})


def with_info(model: FittedModel, content: bytes = b"x", **attributes: Any) -> bytes:
    """A bundle with one more entry that has these attributes."""
    buffer = io.BytesIO(model.to_bytes())
    info = zipfile.ZipInfo("view2.json")
    for name, value in attributes.items():
        setattr(info, name, value)
    with zipfile.ZipFile(buffer, "a") as file:
        file.writestr(info, content)
    return buffer.getvalue()


def refused(data: bytes, code: str, words: str = "") -> DataError:
    with pytest.raises(DataError, match=words or None) as caught:
        from_bytes(data, "model.imb")
    assert caught.value.code == code, caught.value
    assert caught.value.hint
    return caught.value


def test_a_resealed_bundle_is_read(boosted):
    assert from_bytes(sealed(members(boosted))).threshold_ == boosted.threshold_


class TestFilesThatAreNoModel:
    @pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"PK", b"\x80\x04\x95"])
    def test_other_files(self, data):
        refused(data, "not-a-bundle", "no zip archive")

    def test_a_pickle(self, trap):
        refused(trap, "not-a-bundle")

    def test_another_archive(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as file:
            file.writestr("readme.txt", "hello")
        refused(buffer.getvalue(), "bundle-unsafe", "'readme.txt' does not belong in a model")

    def test_an_archive_without_a_manifest(self):
        refused(archive.pack({"view.json": b"{}"}), "bundle-invalid", "no manifest.json")

    def test_a_missing_file_and_a_folder(self, tmp_path):
        with pytest.raises(DataError, match="There is no file") as caught:
            files.load(tmp_path / "none.imb")
        assert caught.value.code == "file-missing"
        with pytest.raises(DataError, match="is a folder"):
            files.load(tmp_path)


class TestDamage:
    @pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
    def test_a_truncated_file(self, boosted, share):
        data = boosted.to_bytes()
        refused(data[: int(len(data) * share)], "bundle-damaged", "is damaged")

    def test_changed_contents(self, boosted):
        parts = members(boosted)
        for name in parts:
            if name != "manifest.json":
                changed = {**parts, name: parts[name] + b" "}
                refused(archive.pack(changed), "bundle-changed", "was changed")

    def test_a_missing_part(self, boosted):
        parts = members(boosted)
        del parts["calibrator.json"]
        refused(archive.pack(parts), "bundle-damaged", "'calibrator.json' is missing")

    def test_any_flipped_byte_is_noticed_or_harmless(self, forest, rows):
        data, draw = forest.to_bytes(), random.Random(0)
        for _ in range(150):
            broken = bytearray(data)
            broken[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
            try:
                model = from_bytes(bytes(broken))
            except DataError:
                continue
            assert model.to_bytes() == data

    def test_garbage_behind_the_first_bytes(self):
        draw = random.Random(1)
        for size in (10, 100, 10_000):
            refused(b"PK\x03\x04" + draw.randbytes(size), "bundle-damaged")


class TestTheArchive:
    @pytest.mark.parametrize(
        "name",
        [
            "../evil.json",
            "models/../../evil",
            "/etc/passwd",
            "C:\\evil.txt",
            "..\\evil.txt",
            "\\\\host\\evil",
        ],
    )
    def test_paths_that_lead_elsewhere(self, boosted, name):
        refused(with_info(boosted, filename=name, orig_filename=name), "bundle-unsafe", "path")

    @pytest.mark.parametrize(
        "name", ["model.pkl", "models/00000.pkl", "models/1.txt", "x.py", "view.json\0x"]
    )
    def test_files_that_do_not_belong(self, boosted, trap, name):
        parts = {**members(boosted), name.replace("\0", "_"): trap}
        refused(sealed(parts), "bundle-unsafe", "does not belong in a model")

    def test_a_file_that_the_manifest_does_not_use(self, boosted, trap):
        refused(sealed({**members(boosted), "models/00007.skops": trap}), "bundle-unsafe", "does not use it")

    def test_a_name_that_is_there_twice(self, boosted):
        with pytest.warns(UserWarning, match="Duplicate name"):
            data = with_info(boosted, filename="view.json")
        refused(data, "bundle-unsafe", "twice")

    def test_links_folders_and_devices(self, boosted):
        for kind, word in ((stat.S_IFLNK, "link"), (stat.S_IFDIR, "folder"), (stat.S_IFCHR, "device")):
            data = with_info(boosted, filename="models/00009.txt", external_attr=(kind | 0o777) << 16)
            refused(data, "bundle-unsafe", word)

    def test_unusual_packing_and_encryption(self, boosted):
        data = with_info(boosted, filename="models/00009.txt", compress_type=zipfile.ZIP_LZMA)
        refused(data, "bundle-unsafe", "unusual method")
        data = bytearray(boosted.to_bytes())
        data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag of the first entry in the directory
        refused(bytes(data), "bundle-unsafe", "encrypted")

    def test_bytes_before_and_after_the_archive(self, boosted):
        data = boosted.to_bytes()
        refused(data + b"trailing", "bundle-unsafe", "bytes after")
        refused(b"PK\x03\x04" + data, "bundle-unsafe", "bytes before")
        commented = data[:-2] + struct.pack("<H", 4) + b"evil"
        refused(commented, "bundle-unsafe", "bytes after")

    def test_a_zip_bomb_is_refused_before_it_is_unpacked(self, boosted, monkeypatch):
        data = archive.pack({**members(boosted), "models/00009.txt": bytes(80 << 20)})
        assert len(data) < 1 << 20
        monkeypatch.setattr(zipfile.ZipFile, "open", None)  # reading anything would fail loudly
        refused(data, "bundle-unsafe", "zip bomb")

    def test_a_bomb_inside_a_part(self, linear):
        bomb = archive.pack({"schema.json": b"{}", "0.npy": bytes(60 << 20)})
        refused(with_part(linear, f"{MODEL}.skops", lambda _: bomb), "bundle-unsafe", "zip bomb")

    def test_entries_that_share_their_bytes(self, boosted):
        data = bytearray(boosted.to_bytes())
        place = data.index(b"PK\x01\x02")
        data[place + 20 : place + 24] = struct.pack("<I", len(data) * 2)  # the packed size it claims
        error = refused(bytes(data), "bundle-unsafe")
        assert "claim" in error.message

    def test_a_size_that_is_a_lie(self, boosted):
        data = bytearray(boosted.to_bytes())
        place = data.index(b"PK\x01\x02")
        data[place + 24 : place + 28] = struct.pack("<I", 10)
        refused(bytes(data), "bundle-damaged")


class TestTheManifest:
    @pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b'{"format": "zip"}'])
    def test_something_else(self, boosted, text):
        refused(archive.pack({**members(boosted), "manifest.json": text}), "bundle-invalid")

    def test_a_newer_schema(self, boosted):
        data = with_manifest(boosted, lambda m: m.update(schema_version=3))
        assert "pip install --upgrade" in refused(data, "bundle-newer", "schema version 3").hint

    @pytest.mark.parametrize(
        "change",
        [
            lambda m: m.update(schema_version="1"),
            lambda m: m.pop("recipe"),
            lambda m: m.update(hook="os.system"),
            lambda m: m.update(classes=["0"]),
            lambda m: m.update(classes=["0", "0"]),
            lambda m: m.update(classes="01"),
            lambda m: m["data"].update(n_features=3),
            lambda m: m["data"].update(counts=[1]),
            lambda m: m["decision"].update(values=[]),
            lambda m: m["decision"].update(values=[None]),
            lambda m: m["decision"].update(values=[1e999]),
            lambda m: m["decision"].update(rule="factors"),
            lambda m: m["decision"].update(rule="code"),
            lambda m: m.update(models=[]),
            lambda m: m.update(weights=[0.5, 0.5]),
            lambda m: m.update(weights=[2.0]),
            lambda m: m.update(weights=[None]),
            lambda m: m["models"][0].update(present=[0, 7]),
            lambda m: m["models"][0].update(present=[1, 0]),
            lambda m: m["models"][0].update(present=[-1, 0]),
            lambda m: m["models"][0].update(kind="pickle"),
            lambda m: m["schema"]["columns"][0].update(kind="code"),
            lambda m: m["schema"]["columns"][0].update(levels=[1]),
            lambda m: m["schema"]["columns"][0].update(parts=["__class__"]),
            lambda m: m["schema"]["columns"][5].update(parts=["__class__"]),
            lambda m: m["view"].update(kind="sklearn"),
            lambda m: m["view"].update(file="../view.json"),
            lambda m: m["calibration"].update(kind="identity"),
            lambda m: m["members"].pop("view.json"),
        ],
    )
    def test_fields_that_are_wrong(self, boosted, change):
        with pytest.raises(DataError) as caught:
            from_bytes(with_manifest(boosted, change))
        assert caught.value.code in ("bundle-invalid", "bundle-unsafe")


class TestViewsAndCalibrators:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"dtype":"float64"', '"dtype":"object"'),
            ('"dtype":"float64"', '"dtype":"int64"'),
            ('"shape":[', '"shape":[9,'),
            ('"values":[', '"values":[null,'),
            ('"median"', '"mode"'),
            ('"curves":[[', '"curves":[[99,'),
        ],
    )
    def test_numbers_that_do_not_fit(self, linear, old, new):
        data = with_part(linear, "view.json", lambda text: text.replace(old.encode(), new.encode(), 1))
        refused(data, "bundle-invalid", "view.json")

    @pytest.mark.parametrize(
        ("kind", "text"),
        [
            ("beta", b'{"curves":[[0.0,1.0]],"edge":1e-15}'),
            ("beta", b'{"curves":[[0.0,1.0,"inf"]],"edge":1e-15}'),
            ("beta", b'{"curves":[[0.0,1.0,1.0]]}'),
            ("prior_correction", b'{"shifts":[0.0,1.0]}'),
            ("prior_correction", b'{"shifts":{"dtype":"float64","shape":[2],"values":[0.0,"nan"]}}'),
            ("prior_correction", b'{"shifts":{"dtype":"float64","shape":[3],"values":[0.0,1.0,1.0]}}'),
        ],
    )
    def test_calibrators_that_do_not_fit(self, linear, kind, text):
        parts = {**members(linear), "calibrator.json": text}
        document = json.loads(parts["manifest.json"])
        document["calibration"]["kind"] = kind
        refused(sealed({**parts, "manifest.json": json.dumps(document).encode()}), "bundle-invalid")

    @pytest.mark.parametrize("text", [b"", b"null", b"[]", b"{}", b"[" * 100_000, b'{"lines": [[1]]}'])
    def test_other_documents(self, linear, text):
        refused(with_part(linear, "calibrator.json", lambda _: text), "bundle-invalid")


class TestEstimators:
    def changed(self, model: FittedModel, change: Callable[[dict[str, bytes]], None]) -> bytes:
        def inner(data: bytes) -> bytes:
            with zipfile.ZipFile(io.BytesIO(data)) as file:
                parts = {name: file.read(name) for name in file.namelist()}
            change(parts)
            return archive.pack(parts, compress=False)

        return with_part(model, f"{MODEL}.skops", inner)

    def test_a_pickle_in_its_place(self, linear, trap):
        refused(with_part(linear, f"{MODEL}.skops", lambda _: trap), "not-a-bundle")

    def test_a_pickle_beside_it(self, linear, trap):
        data = self.changed(linear, lambda parts: parts.update({"evil.pkl": trap}))
        refused(data, "bundle-unsafe", "does not belong")

    def test_an_array_of_pickled_objects(self, linear, trap, tmp_path):
        buffer = io.BytesIO()
        np.save(buffer, np.array([Trap(tmp_path / "trace")], dtype=object), allow_pickle=True)
        data = self.changed(linear, lambda parts: parts.update({"0.npy": buffer.getvalue()}))
        refused(data, "bundle-invalid")

    @pytest.mark.parametrize(
        "kind",
        [
            {"__module__": "os", "__class__": "system", "__loader__": "FunctionNode"},
            {"__module__": "builtins", "__class__": "eval", "__loader__": "TypeNode"},
            {"__module__": "operator", "__class__": "methodcaller", "__loader__": "OperatorFuncNode"},
            {"__module__": "builtins", "__class__": "str", "__loader__": "MethodNode"},
            {"__module__": "sklearn.svm._classes", "__class__": "SVC", "__loader__": "ObjectNode"},
            {"__module__": "sklearn.linear_model._logistic", "__class__": "LogisticRegression"},
            {"__class__": ["str"]},
        ],
    )
    def test_types_that_are_not_on_the_list(self, linear, kind):
        def change(parts: dict[str, bytes]) -> None:
            schema = json.loads(parts["schema.json"])
            schema["content"]["content"]["C"] = {**kind, "content": "1.0", "attrs": "x"}
            parts["schema.json"] = json.dumps(schema).encode()

        refused(self.changed(linear, change), "bundle-unsafe", "it asks for")

    def test_objects_by_their_place_in_memory(self, linear):
        def change(parts: dict[str, bytes]) -> None:
            parts["schema.json"] = parts["schema.json"].replace(b'"__class__"', b'"__id__":1,"__class__"', 1)

        refused(self.changed(linear, change), "bundle-unsafe", "place in memory")

    def test_another_estimator_and_other_coefficients(self, linear, forest):
        other = members(forest)[f"{MODEL}.skops"]
        refused(
            with_part(linear, f"{MODEL}.skops", lambda _: other), "bundle-invalid", "instead of a Logistic"
        )

        def narrow(parts: dict[str, bytes]) -> None:
            for name, content in parts.items():
                if name != "schema.json" and np.load(io.BytesIO(content)).ndim == 2:
                    buffer = io.BytesIO()
                    np.save(buffer, np.zeros((1, 2)))
                    parts[name] = buffer.getvalue()

        refused(self.changed(linear, narrow), "bundle-invalid", "do not fit together")

    @pytest.mark.parametrize(
        ("field", "value"),
        [("left_child", 10**6), ("right_child", 0), ("left_child", -5), ("feature", 99), ("feature", -7)],
    )
    def test_trees_that_lead_out_of_their_memory(self, forest, field, value):
        def change(parts: dict[str, bytes]) -> None:
            for name, content in parts.items():
                if name == "schema.json":
                    continue
                array = np.load(io.BytesIO(content))
                if array.dtype.names:
                    array[field][0] = value
                    buffer = io.BytesIO()
                    np.save(buffer, array)
                    parts[name] = buffer.getvalue()

        refused(self.changed(forest, change), "bundle-invalid", "tree 0")


class TestBoosters:
    def changed(self, model: FittedModel, pattern: str, new: str) -> bytes:
        """Change the text and mend the sizes that it states, so that only the change is wrong."""

        def inner(data: bytes) -> bytes:
            text, n = re.subn(pattern, new, data.decode(), count=1, flags=re.MULTILINE)
            assert n == 1
            blocks = re.findall(r"Tree=\d+\n.*?\n\n\n", text, re.DOTALL)
            sizes = " ".join(str(len(block)) for block in blocks)
            return re.sub(r"tree_sizes=.*", f"tree_sizes={sizes}", text).encode()

        return with_part(model, f"{MODEL}.txt", inner)

    @pytest.mark.parametrize(
        ("pattern", "new"),
        [
            (r"^left_child=\S+", "left_child=100000"),
            (r"^left_child=\S+", "left_child=0"),
            (r"^right_child=\S+", "right_child=-2147483648"),
            (r"^split_feature=\S+", "split_feature=4096"),
            (r"^split_feature=\S+", "split_feature=-1"),
            (r"^num_leaves=\d+", "num_leaves=1000000000"),
            (r"^num_leaves=\d+", "num_leaves=-3"),
            (r"^num_cat=\d+", "num_cat=7"),
            (r"^decision_type=\S+ \S+", "decision_type=1 1"),
            (r"^leaf_value=\S+ ", "leaf_value="),
            (r"^leaf_value=\S+", "leaf_value=nan"),
            (r"^is_linear=0", "is_linear=1"),
            (r"^shrinkage=\S+", "shrinkage=1\nleaf_features=1 2"),
            (r"^max_feature_idx=\d+", "max_feature_idx=1000"),
            (r"^num_class=1", "num_class=3"),
            (r"^objective=.*", "objective=custom"),
            (r"^objective=.*", "objective=multiclassova num_class:2 sigmoid:1"),
            (r"^objective=.*", "objective=binary sigmoid:1e9"),
            (r"^version=v4", "version=v4\naverage_output"),
            (r"^version=v4", "version=v9"),
            (r"^Tree=1$", "Tree=2"),
            (r"^end of trees", "end"),
            (r"^tree$", "forest"),
        ],
    )
    def test_texts_that_would_lead_out_of_their_memory(self, boosted, pattern, new):
        refused(self.changed(boosted, pattern, new), "bundle-invalid", "is no lightgbm model")

    @pytest.mark.parametrize("sizes", ["1", "999999999", "-5", "0 0", "9" * 30, ""])
    def test_sizes_that_are_a_lie(self, boosted, sizes):
        def change(text: bytes) -> bytes:
            return re.sub(rb"tree_sizes=.*", f"tree_sizes={sizes}".encode(), text)

        refused(with_part(boosted, f"{MODEL}.txt", change), "bundle-invalid", "is no lightgbm model")

    def test_what_follows_the_trees_never_reaches_lightgbm(self, boosted, rows):
        def change(text: bytes) -> bytes:
            return (
                text[: text.index(b"end of trees\n")] + b"end of trees\n\nparameters:\n[data: /etc/passwd]\n"
            )

        model = from_bytes(with_part(boosted, f"{MODEL}.txt", change))
        assert "passwd" not in model._trained.models[0].to_text()
        np.testing.assert_array_equal(model.predict_proba(rows), boosted.predict_proba(rows))

    def test_trees_of_another_table(self, boosted):
        def change(manifest: dict[str, Any]) -> None:
            manifest["schema"]["columns"].pop(0)
            manifest["data"]["n_features"] -= 1

        refused(with_manifest(boosted, change), "bundle-invalid", "max_feature_idx")
