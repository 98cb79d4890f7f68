"""What the files of an archived run are, as RO-Crate metadata (https://w3id.org/ro/crate/1.1) and as a README."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from mcda.errors import UsageError
from mcda.study.intact import TIMED
from mcda.study.store import Run

__all__ = ["CRATE", "crate_text", "readme_text"]

CRATE = "ro-crate-metadata.json"
_PROFILE, _PROCESS = "https://w3id.org/ro/crate/1.1", "https://w3id.org/ro/wfrun/process/0.5"

#: What a file is, by its name or folder: the first that fits.
ROLES = (
    ("results.nc", "all results: one NetCDF-4 file with a group per analysis, every variable with its label and unit"),
    ("manifest.json", "seed, versions, times, and the SHA-256 of every file that the run read and wrote"),
    ("log.jsonl", "what happened when, one JSON object a line"),
    ("experiment.resolved.yaml", "the experiment with every default written out, and which file was read for what"),
    ("methods.md", "what was computed, by which formulas, under which assumptions"),
    ("references.bib", "the works that the methods cite"),
    ("report.", "the memo: what was found, in words and tables"),
    ("inputs/", "a file that the run was made from, as it was"),
    ("tables/", "a table made from results.nc"),
    ("figures/", "a figure made from results.nc, or the numbers that it shows"),
    ("README.md", "what this archive is and how to use it"),
    ("SHA256SUMS", "SHA-256 of every other file"),
)

#: The licence of this package, which is none of its results'.
_BSD = {
    "@id": "https://spdx.org/licenses/BSD-3-Clause",
    "@type": "CreativeWork",
    "name": "BSD-3-Clause",
    "description": "The licence of the software.",
}

#: What is true of every run's numbers.
ERRORS = "Numbers stand beside their errors (0: exact, given the assumptions in the register). Nothing is a forecast."

FORMATS = {
    ".nc": "application/netcdf", ".json": "application/json", ".jsonl": "application/jsonl",
    ".yaml": "application/yaml", ".yml": "application/yaml", ".md": "text/markdown", ".bib": "application/x-bibtex",
    ".csv": "text/csv", ".tex": "application/x-tex", ".html": "text/html", ".pdf": "application/pdf",
    ".svg": "image/svg+xml", ".png": "image/png", ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


def crate_text(
    run: Run, sizes: Mapping[str, int], hashes: Mapping[str, str], *, added: Collection[str], licence: str | None
) -> str:  # fmt: skip
    """Return the text of ``ro-crate-metadata.json``.

    Parameters
    ----------
    run : the finished run
    sizes, hashes : bytes and SHA-256 of its files by name
    added : names of files that were put into the folder after the run
    licence : an SPDX name, an address, or None

    Errors: :class:`~mcda.errors.UsageError` for a licence that is neither.
    """
    terms = _licence(licence)
    files = [_file(name, sizes[name], hashes[name], name in added) for name in sorted(sizes)]
    own = [_own("README.md", "text/markdown"), _own("SHA256SUMS", "text/plain")]
    root = _root(run, [*files, *own], terms)
    licences = [terms, *([_BSD] if terms["@id"] != _BSD["@id"] else [])]
    graph = [_descriptor(), root, *files, *own, *licences, *_run(run, added), *_problem(run), _process()]
    context = [f"{_PROFILE}/context", {"sha256": "http://schema.org/sha256"}]  # a word that 1.1 lacks
    return json.dumps({"@context": context, "@graph": graph}, indent=2, ensure_ascii=False) + "\n"


def _id(name: str) -> str:
    """A file's name as a relative address."""
    return quote(name, safe="/-._~()!*'")


def _refer(entities: Collection[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"@id": entity["@id"]} for entity in entities]


def _descriptor() -> dict[str, Any]:
    return {
        "@id": CRATE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": _PROFILE},
    }


def _process() -> dict[str, Any]:
    """The profile by which the run is described as an action."""
    return {"@id": _PROCESS, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}


def _root(run: Run, parts: list[dict[str, Any]], licence: Mapping[str, Any]) -> dict[str, Any]:
    """The archive as a whole. Its date is that on which the run ended: when it is deposited nobody knows yet."""
    about = {key: str(run.attributes.get(key, "")) for key in ("experiment", "question")}
    synthetic = "ILLUSTRATIVE: the scores are synthetic. " if run.attributes.get("illustrative") == "yes" else ""
    cited = {"citation": {"@id": "#problem"}} if _citation(run) else {}
    return {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": _PROCESS},
        "name": f"Run of the experiment '{about['experiment']}' with mcda-sim",
        "description": f"{synthetic}{about['question']} {ERRORS}",
        "datePublished": str(run.manifest.get("ended", ""))[:10],
        "license": {"@id": licence["@id"]},
        "hasPart": _refer(parts),
        "mentions": {"@id": "#run"},
        **cited,
    }


def _role(name: str) -> str:
    return next((text for start, text in ROLES if name.startswith(start)), "a file of the run")


def _file(name: str, size: int, digest: str, added: bool) -> dict[str, Any]:
    kind = FORMATS.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")
    more = " (added after the run)" if added else ""
    return {
        "@id": _id(name),
        "@type": "File",
        "name": name,
        "description": f"{_role(name)}{more}",
        "encodingFormat": kind,
        "contentSize": str(size),
        "sha256": digest,
    }


def _own(name: str, kind: str) -> dict[str, Any]:
    """A file that the archive adds, of which no hash is said here: one of them holds the hash of this."""
    return {"@id": name, "@type": "File", "name": name, "description": _role(name), "encodingFormat": kind}


def _licence(said: str | None) -> dict[str, Any]:
    """The licence as an entity."""
    if said is None:
        text = "No licence was chosen when this archive was made: ask whoever deposited it before you use the results."
        return {"@id": "#licence", "@type": "CreativeWork", "name": "No licence chosen", "description": text}
    if re.fullmatch(r"https?://[^\s<>\"]+", said):
        address = said
    elif re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,60}", said):
        address = f"https://spdx.org/licenses/{said}"
    else:
        raise UsageError(f"licence {said!r}; allowed: an SPDX name such as CC-BY-4.0, or an address")
    about = "The results, tables, figures and texts of this archive are offered under this licence."
    return {"@id": address, "@type": "CreativeWork", "name": said, "description": about}


def _run(run: Run, added: Collection[str]) -> Iterator[dict[str, Any]]:
    """The run as an action: what it was made from, by what, and what came of it."""
    manifest, seed = run.manifest, {"@id": "#seed", "@type": "PropertyValue", "name": "seed"}
    inputs = [{"@id": _id(f"inputs/{name}")} for name in manifest.get("inputs", {})]
    outputs = [name for name in manifest["outputs"] if not name.startswith("inputs/") and name not in added]
    yield {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"mcda run {run.attributes.get('experiment', '')}",
        "startTime": manifest.get("started"),
        "endTime": manifest.get("ended"),
        "description": "The experiment was run to its end; all outputs follow from the inputs and the seed.",
        "actionStatus": "http://schema.org/CompletedActionStatus",
        "instrument": {"@id": "#mcda-sim"},
        "object": [*inputs, {"@id": "#seed"}],
        "result": [{"@id": _id(name)} for name in [*outputs, *TIMED]],
    }
    yield {**seed, "value": str(manifest.get("seed"))}
    yield from _software(manifest)


def _software(manifest: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The package and what it ran on, each with its version."""
    versions = {str(name): str(version) for name, version in dict(manifest.get("versions", {})).items()}
    own = versions.pop("mcda-sim", "unknown")
    code = f"Sources {manifest.get('code')}" + (f", commit {manifest['commit']}." if manifest.get("commit") else ".")
    yield {
        "@id": "#mcda-sim",
        "@type": "SoftwareApplication",
        "name": "mcda-sim",
        "description": f"How sure is each tier? Exact tier probabilities, sensitivity, simulation. {code}",
        "softwareVersion": own,
        "license": {"@id": _BSD["@id"]},
        "softwareRequirements": [{"@id": f"#{name}"} for name in versions],
    }
    for name, version in versions.items():
        yield {"@id": f"#{name}", "@type": "SoftwareApplication", "name": name, "softwareVersion": version}


def _citation(run: Run) -> str:
    return str(run["problem"].attrs.get("citation", "")) if "problem" in run else ""


def _problem(run: Run) -> Iterator[dict[str, Any]]:
    """The work that states the problem, as the problem's file cites it."""
    if text := _citation(run):
        name = str(run["problem"].attrs.get("title", ""))
        yield {"@id": "#problem", "@type": "CreativeWork", "name": text, "description": f"States the problem: {name}"}


# -- README ------------------------------------------------------------------------------------------------------------


def readme_text(run: Run, hashes: Mapping[str, str]) -> str:
    """Return the text of an archive's README."""
    about = {key: _plain(run.attributes.get(key, "")) for key in ("experiment", "question")}
    listed = [f"- {names}: {text}" for start, text in _CONTENTS if (names := _named(start, hashes))]
    synthetic = "\n**Illustrative: the scores are synthetic. Nothing here is a finding.**\n"
    cited = f"\nThe problem is stated in: {_plain(_citation(run))}\n" if _citation(run) else ""
    return _README.format(
        **about, errors=ERRORS, files="\n".join(listed),
        version=run.manifest.get("versions", {}).get("mcda-sim", "unknown"),
        synthetic=synthetic if run.attributes.get("illustrative") == "yes" else "", cited=cited,
        ended=str(run.manifest.get("ended", ""))[:10],
    )  # fmt: skip


#: The parts of an archive as its README lists them.
_CONTENTS = (
    ("report.", "the memo, in words and tables: begin here"),
    ("results.nc", "all numbers: NetCDF-4, a group per analysis, every variable with its label and unit"),
    ("tables/", "the tables, for spreadsheets and LaTeX"),
    ("figures/", "the figures, and the numbers that they show"),
    ("methods.md", "what was computed and how, to be taken into a paper"),
    ("references.bib", "what that cites"),
    ("inputs/", "the files that the run was made from, as they were"),
    ("experiment.resolved.yaml", "the experiment with every default written out, and which file was read for what"),
    ("manifest.json", "seed, versions, times, and the SHA-256 of every file that was read and written"),
    ("log.jsonl", "what happened when"),
)


def _named(start: str, names: Collection[str]) -> str:
    """The files of a part, or its folder."""
    found = [name for name in sorted(names) if name.startswith(start)]
    return ", ".join(f"`{name}`" for name in ([start] if start.endswith("/") and found else found))


def _plain(text: Any) -> str:
    """A text as Markdown shows it, whatever it holds."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&$])", r"\\\1", " ".join(str(text).split()))


_README = """\
# A run of the experiment {experiment}

{question}
{synthetic}
Made by mcda-sim {version} on {ended}. {errors}
{cited}
## What is here

{files}
- `ro-crate-metadata.json`: what every file is, for machines (RO-Crate 1.1)

## What to do with it

    sha256sum --check SHA256SUMS     # is everything as it was?
    mcda show .                      # a summary in the terminal
    mcda reproduce .                 # run it again from this folder alone, and compare

In Python: `mcda.load_run(".")["tiers"]` is a labelled xarray dataset; results.nc opens in anything that reads NetCDF-4.
"""
