"""What a run is about, as tables and report both need it: names, tiers, who shares a belief, ranges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.output.results import Results
from mcda.output.wording import Noun, Span

__all__ = ["Group", "Subject"]

Floats = npt.NDArray[np.float64]

#: Dimensions over which a belief is varied.
VARIED = ("prior", "setting", "spread", "rule")


@dataclass(frozen=True)
class Group:
    """Alternatives that have one answer: all that share belief number `belief`, or a single one."""

    belief: int
    members: tuple[str, ...]
    rows: tuple[int, ...]

    @property
    def first(self) -> int:
        """The row of the first member, whose numbers are everybody's."""
        return self.rows[0]


@dataclass(frozen=True)
class Subject:
    """A run's results, and what is read off them again and again."""

    results: Results

    @cached_property
    def problem(self) -> xr.Dataset:
        """The group /problem."""
        return self.results["problem"]

    @cached_property
    def published(self) -> bool:
        """Whether beliefs come from published tiers alone."""
        return str(self.results["beliefs"].attrs.get("kind")) == "published-tiers"

    @property
    def illustrative(self) -> bool:
        """Whether scores are synthetic."""
        return self.results.illustrative

    @cached_property
    def noun(self) -> Noun:
        """What an alternative is called: the problem's attributes `noun` and `noun_plural`, if it has them."""
        one = str(self.problem.attrs.get("noun", "")) or "alternative"
        return Noun(one, str(self.problem.attrs.get("noun_plural", "")) or f"{one}s")

    @cached_property
    def alternatives(self) -> list[str]:
        """Ids, in the problem's order."""
        return [str(a) for a in self.problem["alternative"].values]

    def texts(self, name: str) -> list[str]:
        """Return a text of /problem by alternative; empty texts where there is none."""
        if name not in self.problem:
            return [""] * len(self.alternatives)
        return [str(x) for x in self.problem[name].values]

    @cached_property
    def labels(self) -> list[str]:
        """Names, or ids where there are none."""
        return [label or a for label, a in zip(self.texts("label"), self.alternatives, strict=True)]

    @cached_property
    def tier_labels(self) -> dict[int, str]:
        """Names of the tiers by number."""
        return _by_number(self.problem["tier"].values, self.problem["tier_label"].values)

    @cached_property
    def tiers(self) -> list[int]:
        """Numbers of the tiers."""
        return list(self.tier_labels)

    @cached_property
    def inside(self) -> list[int]:
        """Numbers of the tiers that count as inside."""
        return [t for t, yes in zip(self.tiers, self.problem["tier_in_roadmap"].values, strict=True) if yes]

    @cached_property
    def outside(self) -> list[int]:
        """Numbers of the others."""
        return [t for t in self.tiers if t not in self.inside]

    @cached_property
    def criteria(self) -> dict[str, str]:
        """Names of the criteria by id."""
        ids, labels = self.problem["criterion"].values, self.problem["criterion_label"].values
        return {str(c): str(label) for c, label in zip(ids, labels, strict=True)}

    @cached_property
    def published_tier(self) -> npt.NDArray[np.int64]:
        """Published tiers by row, -1 where none."""
        return self.problem["published_tier"].values.astype(np.int64)

    @cached_property
    def laws(self) -> npt.NDArray[np.int64]:
        """The number of each row's distinct belief, from 0; its own where the run doesn't say."""
        if self.results.has("tiers/law"):
            return self.aligned(self.results["tiers"]["law"]).astype(np.int64)
        return np.arange(len(self.alternatives))

    @cached_property
    def distinct(self) -> int:
        """How many distinct beliefs there are."""
        return len(set(self.laws.tolist()))

    def aligned(self, variable: xr.DataArray) -> npt.NDArray[Any]:
        """Return a variable's values, `alternative` first, rows in the problem's order."""
        return np.asarray(variable.sel(alternative=self.alternatives).transpose("alternative", ...).values)

    def rows_of(self, tier: int) -> list[int]:
        """Rows whose published tier this is."""
        return np.flatnonzero(self.published_tier == tier).tolist()

    # -- who has one answer --------------------------------------------------------------------------------------------

    def once(self, values: Iterable[npt.NDArray[Any]]) -> list[Group]:
        """Return who can be stated once: those of one belief whose values (alternative first) agree, else each row."""
        columns = [np.asarray(v, dtype=float).reshape(len(self.alternatives), -1) for v in values]
        table = np.hstack([np.nan_to_num(np.round(c, 10), nan=-9.0) for c in columns])
        groups = []
        for law in dict.fromkeys(self.laws.tolist()):
            rows = np.flatnonzero(self.laws == law)
            alike = bool((table[rows] == table[rows[0]]).all())
            for part in [rows] if alike else [rows[k : k + 1] for k in range(len(rows))]:
                names = tuple(self.alternatives[i] for i in part)
                groups.append(Group(law + 1, names, tuple(part.tolist())))
        return groups

    # -- how much the belief itself decides ----------------------------------------------------------------------------

    @cached_property
    def varied(self) -> Floats | None:
        """P(tier) over everything that the run varied, (alternative, tier, variation); None if it varied nothing."""
        if not self.results.has("belief_sensitivity/acceptability"):
            return None
        found = self.results["belief_sensitivity"]["acceptability"]
        over = [dim for dim in found.dims if dim not in ("alternative", "tier")]
        values = found.sel(alternative=self.alternatives).transpose("alternative", "tier", *over).values
        return np.asarray(values, dtype=float).reshape(*values.shape[:2], -1)

    def varied_coord(self, dim: str) -> list[Any]:
        """Return what a dimension of the variation has: its priors, its spreads; nothing if it isn't varied."""
        if not self.results.has("belief_sensitivity/acceptability"):
            return []
        found = self.results["belief_sensitivity"]["acceptability"]
        return found[dim].values.tolist() if dim in found.dims else []

    def range_of(self, row: int, tiers: Sequence[int]) -> Span | None:
        """Return the range of P(one of these tiers) of a row over everything that was varied."""
        if self.varied is None:
            return None
        columns = [self.tiers.index(t) for t in tiers]
        return Span.of(self.varied[row, columns].sum(axis=0))


def _by_number(numbers: Iterable[Any], texts: Iterable[Any]) -> dict[int, str]:
    return {int(n): str(text) or f"tier {n}" for n, text in zip(numbers, texts, strict=True)}
