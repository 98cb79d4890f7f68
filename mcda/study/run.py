"""One execution of an experiment: blocks are computed (or found), put together, and written as a run folder."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import xarray as xr

from mcda.errors import McdaError, UsageError
from mcda.files.shipped import shipped
from mcda.names import VERSION
from mcda.study.analyses import run_block
from mcda.study.describe import describe
from mcda.study.experiment import Experiment
from mcda.study.inputs import Inputs, inputs_of, resolved_text
from mcda.study.plan import Block, assemble, plan
from mcda.study.store import MANIFEST_FORMAT, Blocks, Run, file_hash, sweep, whole, write_json, write_results

__all__ = ["Progress", "environment", "run"]

#: Called after each block: (block's name, share of the work done, seconds so far, seconds left or None).
Progress = Callable[[str, float, float, float | None], None]

LIBRARIES = ("numpy", "scipy", "xarray", "numba", "h5netcdf", "h5py", "matplotlib", "SALib")


@dataclass
class Log:
    """What happened when; the only file of a run, beside the manifest, in which time appears."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    start: float = field(default_factory=time.perf_counter)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def add(self, event: str, **more: Any) -> None:
        """Note an event with the seconds since the start."""
        self.lines.append({"t": round(time.perf_counter() - self.start, 3), "event": event, **more})


def run(
    experiment: Experiment,
    out: str | Path,
    *,
    resume: bool = False,
    workers: int = 1,
    progress: Progress | None = None,
) -> Run:
    """Run an experiment into a folder and return the finished run.

    Parameters
    ----------
    experiment : Experiment
    out : folder to write; it must not exist, be empty, or (with `resume`) hold an interrupted run of this experiment.
    resume : go on with the blocks that an interrupted run of the same experiment left.
    workers : processes; results do not depend on it.
    progress : called after each block.

    Errors: :class:`~mcda.errors.UsageError` for a folder that cannot be used; KeyboardInterrupt leaves what is needed
    to resume.
    """
    folder = Path(out)
    log = Log()
    inputs = inputs_of(experiment)
    store = Blocks(folder / ".blocks", _identity(experiment, inputs))
    _check_folder(folder, resume, store.identity)
    blocks = plan(experiment)
    _make(folder)
    write_json(folder / ".blocks" / "identity.json", {"identity": store.identity, "experiment": experiment.id})
    log.add("start", experiment=experiment.id, blocks=len(blocks), workers=workers)
    results = _compute(experiment, blocks, store, workers, log, progress)
    groups = {**describe(experiment), **assemble(experiment, blocks, results)}
    _write(experiment, folder, groups, inputs)
    log.add("outputs")
    _write_manifest(experiment, folder, inputs, store.identity, log)
    shutil.rmtree(folder / ".blocks")
    return Run(folder)


def _identity(experiment: Experiment, inputs: Inputs) -> str:
    """A hash of everything the numbers depend on: the resolved experiment, its files, the code's version."""
    digest = hashlib.sha256()
    digest.update(json.dumps(experiment.resolved, sort_keys=True, default=str).encode())
    for content in inputs.files.values():
        digest.update(content)
    digest.update(_code_version().encode())
    return digest.hexdigest()


def _code_version() -> str:
    from mcda.compiled import sources_hash

    return sources_hash()


def _check_folder(folder: Path, resume: bool, identity: str) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not folder.is_dir():
        raise UsageError(f"'{folder}' is a file; allowed: a new folder")
    mark = folder / ".blocks" / "identity.json"
    if not resume:
        hint = "an interrupted run: --resume goes on with it" if mark.is_file() else "choose another --out"
        raise UsageError(f"the folder '{folder}' is not empty ({hint}); nothing was changed")
    if not mark.is_file():
        raise UsageError(f"the folder '{folder}' holds no interrupted run; allowed with --resume: one that does")
    if _marked(mark) != identity:
        raise UsageError(
            f"the folder '{folder}' holds a run of another experiment, other files or another version of the code; "
            "choose another --out"
        )


def _marked(mark: Path) -> str | None:
    """The identity of the run that a folder holds, None where its mark is damaged."""
    try:
        return str(json.loads(mark.read_text("utf-8"))["identity"])
    except (ValueError, KeyError, TypeError):
        return None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise UsageError(f"the folder '{folder}' can't be made ({reason.strerror}); choose another --out") from reason
    sweep(folder)


# -- computing ---------------------------------------------------------------------------------------------------------


def _compute(
    experiment: Experiment, blocks: list[Block], store: Blocks, workers: int, log: Log, progress: Progress | None
) -> list[xr.Dataset]:
    """Compute or find all blocks; results in the order of the plan, whatever the order in which they came."""
    found = {i: result for i, block in enumerate(blocks) if (result := store.load(block.name)) is not None}
    todo = [i for i in range(len(blocks)) if i not in found]
    if found:
        log.add("resumed", found=len(found))
    total = sum(blocks[i].cost for i in todo) or 1.0
    done, start = 0.0, time.perf_counter()
    with _source(experiment, [blocks[i] for i in todo], workers) as results:
        for k, result in results:
            i = todo[k]
            store.save(blocks[i].name, result)
            stored = store.load(blocks[i].name)  # as a resumed run finds it, so that both end in the same bytes
            found[i] = result if stored is None else stored
            done += blocks[i].cost
            elapsed = time.perf_counter() - start
            log.add("block", name=blocks[i].name, declined=result.attrs.get("declined"))
            if progress is not None:
                progress(blocks[i].name, done / total, elapsed, elapsed * (total - done) / done)
    return [found[i] for i in range(len(blocks))]


@contextmanager
def _source(experiment: Experiment, blocks: list[Block], workers: int) -> Iterator[Iterator[tuple[int, xr.Dataset]]]:
    """Results of blocks as they come, from this process or from several."""
    if workers <= 1 or len(blocks) <= 1:
        yield ((k, run_block(experiment, b.analysis, b.alternatives)) for k, b in enumerate(blocks))
        return
    # spawned, not forked: a fork after OpenMP can hang
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_keep, initargs=(experiment,))
    try:
        longest = sorted(range(len(blocks)), key=lambda k: -blocks[k].cost)
        with _interrupts_later():
            futures = {pool.submit(_in_worker, blocks[k].analysis, blocks[k].alternatives): k for k in longest}
        yield ((futures[f], _result(f)) for f in as_completed(futures))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Hold Ctrl-C back while workers are started: they inherit that, and it stops the parent alone."""
    mask = getattr(signal, "pthread_sigmask", None)
    if mask is None:  # Windows; workers ignore it once they have begun
        yield
        return
    before = mask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        mask(signal.SIG_SETMASK, before)


def _result(future: Future[xr.Dataset]) -> xr.Dataset:
    try:
        return future.result()
    except BrokenExecutor as reason:
        what = "a worker process ended before its work was done (killed, or out of memory)"
        raise McdaError(f"{what}; finished blocks are kept: go on with --resume, and with fewer --workers") from reason


_EXPERIMENT: list[Experiment] = []


def _keep(experiment: Experiment) -> None:
    """In a worker: hold the experiment, and leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _EXPERIMENT[:] = [experiment]


def _in_worker(analysis: str, alternatives: tuple[str, ...]) -> xr.Dataset:
    return run_block(_EXPERIMENT[0], analysis, alternatives)


# -- writing -----------------------------------------------------------------------------------------------------------


def _write(experiment: Experiment, folder: Path, groups: dict[str, xr.Dataset], inputs: Inputs) -> None:
    """Write the folder: inputs, results, then everything that is made from results alone."""
    from mcda.output.folder import write_outputs

    for name, content in inputs.files.items():
        with whole(folder / "inputs" / name) as temporary:
            temporary.write_bytes(content)
    attributes = {
        "Conventions": "CF-1.11",
        "title": experiment.question,
        "experiment": experiment.id,
        "problem": experiment.problem.id,
        "question": experiment.question,
        "rule": experiment.rule.name,
        "beliefs": experiment.beliefs.kind,
        "illustrative": "yes" if experiment.illustrative else "no",
        "source": f"mcda-sim {VERSION}",
        "statement": "exact, given the assumptions in the group register; not a forecast",
    }
    write_results(folder / "results.nc", groups, attributes)
    with whole(folder / "experiment.resolved.yaml") as temporary:
        temporary.write_text(resolved_text(experiment, inputs), encoding="utf-8")
    write_outputs(folder, shipped("figures"))


def _versions() -> dict[str, str]:
    own = {"mcda-sim": VERSION, "python": platform.python_version()}
    return {**own, **{name: _version(name) for name in LIBRARIES}}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "unknown"


def _write_manifest(experiment: Experiment, folder: Path, inputs: Inputs, identity: str, log: Log) -> None:
    outputs = {
        path.relative_to(folder).as_posix(): file_hash(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".blocks" not in path.parts and path.name not in ("manifest.json", "log.jsonl")
    }
    log.add("end")
    write_json(
        folder / "manifest.json",
        {
            "format": MANIFEST_FORMAT,
            "experiment": experiment.id,
            "question": experiment.question,
            "seed": experiment.seed,
            "identity": identity,
            "versions": _versions(),
            "platform": {"machine": platform.machine(), "system": platform.system(), "cpus": os.cpu_count()},
            "commit": _commit(),
            "code": _code_version(),
            "inputs": inputs.hashes,
            "outputs": outputs,
            "started": log.began.isoformat(timespec="seconds"),
            "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": log.lines[-1]["t"],
        },
    )
    with whole(folder / "log.jsonl") as temporary:
        temporary.write_text("".join(json.dumps(line) + "\n" for line in log.lines), encoding="utf-8")


def environment(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return what made a run, by name: versions, code, processor and system; the commit only tells what code it is."""
    code = {"code, its compiler and processor": manifest.get("code"), "commit": manifest.get("commit")}
    platform = {key: value for key, value in dict(manifest.get("platform", {})).items() if key != "cpus"}
    every = {**dict(manifest.get("versions", {})), **platform, **code}
    return {str(key): str(value) for key, value in every.items() if value is not None}


def _commit() -> str | None:
    """The commit of the checkout that this code runs from, read from its files; None for an installed package."""
    root = Path(__file__).resolve().parents[2]
    head = root / ".git" / "HEAD"
    if not head.is_file():
        return None
    text = head.read_text("utf-8").strip()
    if not text.startswith("ref: "):
        return text
    ref = root / ".git" / text.removeprefix("ref: ")
    return ref.read_text("utf-8").strip() if ref.is_file() else None
