"""Reports of finished runs: lengths, checks of accessibility, repetition.

``python -m verification.reports RUN...`` (about half a minute a run) writes both forms of each run into a folder of its
own, and fails where a short one has more than two pages (as PDF, and as Word through LibreOffice), a PDF isn't PDF/UA-1
by the typesetter's checks, writing twice gives other bytes, or, where playwright and axe are installed, the HTML has an
accessibility violation, an error on the console, a request, or is wider than a phone (390 px) or a desk (1280 px).
Needs: LibreOffice, pdfinfo, Debian's chromium.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import mcda

CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


def written(run: Path, folder: Path, form: str) -> dict[str, Path]:
    """A run's report in a folder of its own, twice, and the same both times."""
    hashes = []
    for name in ("first", "second"):
        copy = folder / name
        copy.mkdir(parents=True)
        shutil.copy(run / "results.nc", copy)
        paths = {path.suffix[1:]: path for path in mcda.write_report(copy, form=form)}  # type: ignore[arg-type]
        hashes.append({kind: hashlib.sha256(path.read_bytes()).hexdigest() for kind, path in paths.items()})
    assert hashes[0] == hashes[1], f"{run.name}, {form}: other bytes the second time"
    return paths


def pages(pdf: Path) -> int:
    """How many pages a PDF has."""
    told = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True).stdout
    return int(next(line.split()[1] for line in told.splitlines() if line.startswith("Pages:")))


def word_pages(document: Path, folder: Path) -> int:
    """How many pages LibreOffice makes of a Word file."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), str(document)]
    subprocess.run(command, capture_output=True, check=True)
    return pages(folder / document.with_suffix(".pdf").name)


def findings(page: Path) -> Iterator[str]:
    """What is wrong with a page, at two widths, light and dark."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
        for width in (1280, 390):
            for scheme in ("light", "dark"):
                tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
                said: list[str] = []
                asked: list[str] = []
                tab.on("console", lambda message, said=said: said.append(message.text))
                tab.on("request", lambda request, asked=asked: asked.append(request.url))
                tab.goto(f"file://{page}")
                where = f"{width} px, {scheme}"
                if tab.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                    yield f"{where}: wider than the window"
                yield from (f"{where}: console: {text}" for text in said)
                yield from (f"{where}: asks for {url}" for url in asked[1:])
                yield from (f"{where}: {v['id']}" for v in Axe().run(tab).response["violations"])
                tab.close()
        browser.close()


def main() -> int:
    """Check the reports of all runs that are named."""
    wrong = 0
    for run in map(Path, sys.argv[1:]):
        for form in ("short", "full"):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                paths = written(run, folder, form)
                counts = pages(paths["pdf"]), word_pages(paths["docx"], folder)
                found = list(findings(paths["html"]))
                sizes = ", ".join(f"{kind} {path.stat().st_size / 1e6:.1f} MB" for kind, path in paths.items())
            long = form == "short" and max(counts) > 2
            wrong += long + len(found)
            print(f"{run.name}, {form}: {counts[0]} pages (PDF), {counts[1]} (Word); {sizes}", flush=True)
            for text in found:
                print(f"  {text}")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
