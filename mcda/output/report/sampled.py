"""What the full form says of counts over the whole table, of draws, and of how near draws come to exact answers."""

from __future__ import annotations

import numpy as np
import xarray as xr

from mcda.output.report.grids import caption_of
from mcda.output.report.model import Block, Grid, Paragraph
from mcda.output.report.uncertain import statement_blocks
from mcda.output.selected_uncertain import quantile_of_count
from mcda.output.subject import Subject
from mcda.output.wording import capital, named, plain, probability, quantity

__all__ = ["convergence", "counts", "draws"]

SUMS = "exact, given the assumptions"


def counts(subject: Subject) -> list[Block]:
    """Return how many alternatives each tier would have, all at once; nothing for runs without that."""
    if not subject.results.has("table/count_mean"):
        return []
    group = subject.results["table"]
    law = group["count_probability"]
    low, high = (quantile_of_count(law, share) for share in (0.1, 0.9))
    rows = tuple(
        (_counted(subject, str(name)), f"{float(group['count_mean'][k]):.1f}", f"{float(group['count_sd'][k]):.1f}",
         f"{int(low[k])} to {int(high[k])}", _published(subject, str(name)))
        for k, name in enumerate(group["statement"].values)
    )  # fmt: skip
    text = (
        f"Tiers are not fixed in number: if every {subject.noun.one} were sorted anew, a tier would gain some and lose "
        f"some. Numbers are {SUMS}, and assume that {subject.noun.many} differ independently of each other."
    )
    head = (capital(subject.noun.many), "Expected", "Standard deviation", "10 to 90 %", "As published")
    return [Paragraph(text), Grid(0, caption_of(subject, "How many at once"), head, rows)]


def _counted(subject: Subject, name: str) -> str:
    """What is counted, in words."""
    tier = name.removeprefix("tier = ")
    if tier.isdigit() and int(tier) in subject.tier_labels:
        return f"in {named(subject.tier_labels[int(tier)], 30)}"
    words = {"inside": "inside (any of the inside tiers)", "changed": "sorted otherwise than published"}
    return words.get(name, named(name))


def _published(subject: Subject, name: str) -> str:
    tier = name.removeprefix("tier = ")
    printed = subject.published_tier
    if tier.isdigit():
        return str(int((printed == int(tier)).sum()))
    return str(int(np.isin(printed, subject.inside).sum())) if name == "inside" else "0" if name == "changed" else ""


def draws(subject: Subject) -> list[Block]:
    """Return joint statements, and how shares of draws agree with sums; nothing for runs without draws."""
    if not subject.results.has("draws/share"):
        return []
    group = subject.results["draws"]
    return [*statement_blocks(subject), Paragraph(_agreement(group))]


def _agreement(group: xr.Dataset) -> str:
    n = f"{int(group.attrs.get('n', 0)):,}"
    if reason := str(group.attrs.get("declined", "")):
        return f"Tiers were drawn {n} times. There are no exact answers beside them: {named(reason, 300)}."
    if "p_all" not in group.attrs:
        return f"Tiers were drawn {n} times."
    p = float(group.attrs["p_all"])
    verdict = "no sign that draws and sums differ" if p >= 0.05 else "a sign that draws and sums differ: look into it"
    return (
        f"Tiers were also drawn {n} times. One test of all shares against the probabilities by sums ({SUMS}) has a "
        f"p-value of {probability(p)}: {verdict}."
    )


def convergence(subject: Subject) -> list[Block]:
    """Return how errors of draws fall with their number; nothing for runs without that."""
    if not subject.results.has("convergence/error_rms"):
        return []
    group = subject.results["convergence"]
    rows = tuple(
        (f"{int(n):,}", *(quantity(float(group[name][k]), 2) for name in ("error_rms", "expected_rms", "error_max")),
         plain(float(group["p_all"][k])))
        for k, n in enumerate(group["draws"].values)
    )  # fmt: skip
    last = -1
    text = (
        f"With {int(group['draws'][last]):,} draws the typical error of a probability is "
        f"{quantity(float(group['error_rms'][last]), 1)}, and the largest "
        f"{quantity(float(group['error_max'][last]), 1)}, against the probabilities that sums give ({SUMS})."
    )
    head = ("Draws", "Typical error", "Expected of chance", "Largest error", "p-value of all")
    note = "Typical: root mean square over all probabilities. Expected of chance: by the binomial law."
    caption = caption_of(subject, "How near shares of draws come")
    return [Paragraph(text), Grid(0, caption, head, rows, note=note)]
