"""An archive: the same bytes twice, what its files are, nothing that isn't whole, nothing that leads elsewhere."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from mcda.cli import main
from mcda.errors import UsageError
from mcda.output.whole import ZIP_DATE
from mcda.study import reproduce as module
from mcda.study.archive import archive, unpacked
from mcda.study.intact import plain_name
from mcda.study.reproduce import reproduce
from tests.study.small_run import copy_of, finished, opened, rewrite_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of(finished(), tmp_path / "a run, прогон")


@pytest.fixture
def contents(folder: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive(folder, licence="CC-BY-4.0")) as file:
        return {name: file.read(name) for name in file.namelist()}


def graph(contents: dict[str, bytes]) -> dict[str, dict[str, object]]:
    return {entity["@id"]: entity for entity in json.loads(contents["ro-crate-metadata.json"])["@graph"]}


# -- what is in it -----------------------------------------------------------------------------------------------------


def test_an_archive_has_the_same_bytes_twice_and_from_its_own_unpacked_folder(folder: Path, tmp_path: Path) -> None:
    first = archive(folder).read_bytes()
    assert archive(folder, out=tmp_path / "again.zip").read_bytes() == first
    inside = unpacked(tmp_path / "again.zip", tmp_path / "unpacked")
    assert archive(inside, out=tmp_path / "third.zip").read_bytes() == first
    with zipfile.ZipFile(io.BytesIO(first)) as file:
        assert {entry.date_time for entry in file.infolist()} == {ZIP_DATE}
        assert file.namelist() == sorted(file.namelist())


def test_every_file_of_the_run_is_in_it_with_a_checksum(folder: Path, contents: dict[str, bytes]) -> None:
    own = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert {name: contents[name] for name in own} == own
    lines = contents["SHA256SUMS"].decode("utf-8").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    assert sums == {n: hashlib.sha256(c).hexdigest() for n, c in contents.items() if n != "SHA256SUMS"}


def test_metadata_name_every_file_the_software_the_licence_and_the_run(contents: dict[str, bytes]) -> None:
    """What RO-Crate 1.1 asks of a root, and what Process Run Crate 0.5 asks of an action."""
    found = graph(contents)
    root, action = found["./"], found["#run"]
    assert {"@type", "name", "description", "datePublished", "license", "hasPart"} <= root.keys()
    parts = {unquote(part["@id"]) for part in root["hasPart"]}  # type: ignore[attr-defined]
    assert parts == contents.keys() - {"ro-crate-metadata.json"}
    assert all({"name", "encodingFormat", "description"} <= found[p["@id"]].keys() for p in root["hasPart"])  # type: ignore[attr-defined]
    assert found["results.nc"]["encodingFormat"] == "application/netcdf"
    assert root["license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0"}
    assert (action["@type"], action["instrument"]) == ("CreateAction", {"@id": "#mcda-sim"})
    manifest = json.loads(contents["manifest.json"])
    assert (action["startTime"], action["endTime"]) == (manifest["started"], manifest["ended"])
    objects = {unquote(o["@id"]) for o in action["object"]}  # type: ignore[attr-defined]
    assert objects == {f"inputs/{name}" for name in manifest["inputs"]} | {"#seed"}
    assert all(reference["@id"] in found for reference in references(list(found.values())))


def references(value: object) -> list[dict[str, str]]:
    """Everything that points to another entity; the descriptor points to the specification."""
    if isinstance(value, list):
        return [one for item in value for one in references(item)]
    if isinstance(value, dict):
        inner = [one for key, item in value.items() if key != "conformsTo" for one in references(item)]
        return [value, *inner] if value.keys() == {"@id"} else inner
    return []


def test_without_a_licence_it_says_that_there_is_none(folder: Path) -> None:
    with zipfile.ZipFile(archive(folder)) as file:
        found = graph({name: file.read(name) for name in file.namelist()})
    assert found["./"]["license"] == {"@id": "#licence"}
    assert "No licence was chosen" in str(found["#licence"]["description"])


def test_hostile_texts_come_out_as_text(folder: Path) -> None:
    (folder / "a <b> & 'c' #1 %41.txt").write_text("mine", encoding="utf-8")
    with zipfile.ZipFile(archive(folder)) as file:
        found = graph({name: file.read(name) for name in file.namelist()})
    added = found["a%20%3Cb%3E%20%26%20'c'%20%231%20%2541.txt"]
    assert (added["name"], unquote(str(added["@id"]))) == ("a <b> & 'c' #1 %41.txt",) * 2
    assert "added after the run" in str(added["description"])


def test_a_run_is_reproduced_from_its_archive(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "run", lambda experiment, out, **_: opened())
    path = archive(folder, out=tmp_path / "the run.zip")
    assert reproduce(path).verdict == "identical"
    assert reproduce(unpacked(path, tmp_path / "unpacked")).verdict == "identical"


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda f: (f / "results.nc").write_bytes(b"?"), r"results\.nc: changed after the run"),
        (lambda f: (f / "tables" / "rules.csv").unlink(), r"tables/rules\.csv: missing"),
        (lambda f: (f / "manifest.json").unlink(), "no finished run"),
        (lambda f: (f / ".blocks").mkdir(), "unfinished run"),
        (lambda f: (f / "a\nb.txt").touch(), "not every system can hold"),
        (lambda f: (f / "REPORT.html").touch(), "are one on some systems"),
        (lambda f: (f / "README.md").write_text("mine"), "allowed: give yours another name"),
        (lambda f: rewrite_manifest(f, outputs={"../elsewhere": "0"}), r"\.\./elsewhere: missing"),
    ],
)
def test_what_is_not_whole_is_not_archived(harm: Callable[[Path], object], told: str, folder: Path) -> None:
    harm(folder)
    with pytest.raises(UsageError, match=told):
        archive(folder)
    assert not list(folder.parent.glob("*.zip"))


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("mine", encoding="utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret")
    (folder / "loop").symlink_to(folder)
    with zipfile.ZipFile(archive(folder)) as file:
        assert not any("link" in name or "loop" in name for name in file.namelist())


@pytest.mark.parametrize("licence", ["", "CC BY", "javascript:alert(1)", "https://a b", "-x"])
def test_a_licence_is_a_name_or_an_address(licence: str, folder: Path) -> None:
    with pytest.raises(UsageError, match="an SPDX name such as"):
        archive(folder, licence=licence)


def test_an_archive_is_not_put_into_its_own_run(folder: Path) -> None:
    with pytest.raises(UsageError, match="own folder"):
        archive(folder, out=folder / "run.zip")


def zipped(path: Path, *names: str, link: bool = False) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16 if link else 0o644 << 16
            file.writestr(entry, "x")
    return path


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/evil.txt", "a/../../evil.txt", "C:/evil.txt", "a\\..\\evil.txt", "a//b", "./a", "a/ /b"]
)
def test_an_entry_that_leads_elsewhere_is_refused_before_anything_is_written(name: str, tmp_path: Path) -> None:
    path = zipped(tmp_path / "evil.zip", "fine.txt", name)
    with pytest.raises(UsageError, match="under plain names"):
        reproduce(path)
    with pytest.raises(UsageError, match="under plain names"):
        unpacked(path, tmp_path / "out")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["evil.zip"]


def test_a_link_two_entries_of_one_name_and_a_damaged_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="under plain names"):
        unpacked(zipped(tmp_path / "a.zip", "link", link=True), tmp_path / "out")
    with pytest.raises(UsageError, match="two entries of one name"):
        unpacked(zipped(tmp_path / "b.zip", "a.txt", "A.txt"), tmp_path / "out")
    for content in (b"", b"no zip at all", archive_bytes()[:-60], archive_bytes(damaged=True)):
        (tmp_path / "c.zip").write_bytes(content)
        with pytest.raises(UsageError, match=r"no zip file that can be read|is damaged"):
            unpacked(tmp_path / "c.zip", tmp_path / "out")


def archive_bytes(*, damaged: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.txt", "0123456789" * 10)
    content = bytearray(out.getvalue())
    content[content.find(b"0123456789")] ^= int(damaged)
    return bytes(content)


def test_an_archive_that_would_fill_the_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcda.study.archive.MOST_BYTES", 1 << 20)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", bytes(2 << 20))
    with pytest.raises(UsageError, match="unpacks to more than"):
        unpacked(tmp_path / "bomb.zip", tmp_path / "out")


@pytest.mark.parametrize("name", ["a.txt", "tables/a b.csv", "прогон/ü.nc", "..a", "a..b"])
def test_plain_names_are_plain(name: str) -> None:
    assert plain_name(name)


def test_the_command_prints_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["archive", str(folder), "--out", str(folder.parent / "x.zip")])
    assert end.value.code == 0
    assert capsys.readouterr().out.strip() == str(folder.parent / "x.zip")
