"""The memo's one figure, drawn by the same functions as the figures of a paper, as SVG for HTML and PNG for Word."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure

from mcda.output import style
from mcda.output.memo_model import Picture
from mcda.output.results import Results
from mcda.output.subject import Subject
from mcda.output.wording import capital, listing, named, plain, points, quantity

__all__ = ["memo_figure"]

#: Most alternatives that a memo's figure has a line for.
LINES = 20

_HEAD = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)


def memo_figure(subject: Subject) -> Picture | None:
    """Return the figure that belongs to the run's headline, or None where a memo has no room or no data for one."""
    if subject.published and subject.results.has("second_panel/survival"):
        from mcda.output.plots import survival

        caption = (
            f"How the probability that a second panel gives the published tier falls with the size of its errors. At an error of 0 "
            "it is 1 by construction."
        )
        return _picture(subject, survival, caption, _survival_alt(subject))
    if subject.results.has("tiers/acceptability") and len(subject.alternatives) <= LINES:
        from mcda.output.plots import acceptability

        caption = f"Probabilities of the tiers, by {subject.noun.one}."
        return _picture(subject, acceptability, caption, _acceptability_alt(subject))
    return None


def _picture(subject: Subject, plot: Callable[[Results], Figure], caption: str, alt: str) -> Picture:
    figure = plot(subject.results)
    width = float(figure.get_size_inches()[0]) / style.MM
    mark = "ILLUSTRATIVE: synthetic scores. " if subject.illustrative else ""
    return Picture(1, mark + caption, mark + alt, _svg(figure), _png(figure), width)


def _svg(figure: Figure) -> str:
    """The figure as an SVG element without prolog, metadata or size of its own."""
    out = io.StringIO()
    with style.applied():
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = _HEAD.sub("", out.getvalue())
    start = text.index("<svg")
    end = text.index(">", start)
    opened = re.sub(r'\s(width|height)="[^"]*"', "", text[start:end])
    return f'{opened} aria-hidden="true" focusable="false"{text[end:]}'.strip()


def _png(figure: Figure) -> bytes:
    out = io.BytesIO()
    with style.applied():
        figure.savefig(out, format="png", dpi=220, metadata={"Software": None})
    return out.getvalue()


def _survival_alt(subject: Subject) -> str:
    """What the curves show, in words: where each tier's ends."""
    group = subject.results["second_panel"]
    values = subject.aligned(group["survival"].transpose("alternative", "spread"))
    last = float(group["spread"].values[-1])
    tiers = [t for t in subject.tiers if subject.rows_of(t)]
    ends = listing(
        f"{plain(float(values[subject.rows_of(t), -1].mean()))} for {named(subject.tier_labels[t], 30)}" for t in tiers
    )
    falls = bool((np.diff(values, axis=1) <= 1e-9).all())
    way = "All curves fall as the error grows" if falls else "Curves change with the error"
    return (
        f"Line chart, one line for each published tier, of the probability that a second panel gives the published tier, over "
        f"the size of its errors from {quantity(float(group['spread'].values[0]))} to {points(last)}. {way}; at {points(last)} "
        f"they stand at {ends}."
    )


def _acceptability_alt(subject: Subject) -> str:
    tiers = subject.results["tiers"]
    p = subject.aligned(tiers["acceptability"])
    modal = subject.aligned(tiers["modal_tier"]).astype(int)
    parts = [
        f"{named(label, 40)}: {named(subject.tier_labels[t], 30)} {plain(float(p[i].max()))}"
        for i, (label, t) in enumerate(zip(subject.labels, modal.tolist(), strict=True))
    ]
    return f"Stacked bars of tier probabilities. {capital('likeliest tier of each')}: {'; '.join(parts)}."
