"""Where results of two runs differ beyond their error, variable by variable, over the labels that both have.

What is exact is held to numerical tolerance, what came by quadrature to its stated error, what was sampled to the
combined standard error of both. A share of paths or draws without a stated error has the binomial one. What was sampled
and has no error at all is told apart: its differences are shown and not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.study.deviation import apart, labels_at, size_of
from mcda.study.store import Run

__all__ = ["LUCK", "TOLERANCE", "Compared", "Difference", "compare_results", "strict"]

#: Exact values: what rounding leaves of two routes to one number.
TOLERANCE = 1e-9
#: The share of comparisons of equal things that lie beyond the error by luck alone, and how many errors that is.
LUCK, ERRORS = 0.05, NormalDist().inv_cdf(0.975)

Kind = Literal["exact", "numerical", "sampled", "unjudged"]
Floats = npt.NDArray[np.float64]

#: Groups that say what was asked, and not what came out.
ASKED = ("problem", "rule", "beliefs", "scores", "register", "simulation_register")
#: In groups of draws these come from sums.
SUMS = (
    "exact", "stricter", "number", "statement_exact", "index_exact", "expected_rms", "printed_tier", "published_tier",
    "draws", "size",
)  # fmt: skip
#: Errors, and what is counted in errors: no results of their own.
_ERRORS = re.compile(r".*_(se|ci|z|deviation)|z")


@dataclass(frozen=True)
class Difference:
    """One value that differs: where it stands, by label, and what it is in either run; `errors` if it was sampled."""

    at: Mapping[str, Any]
    a: Any
    b: Any
    errors: float | None = None

    @property
    def size(self) -> float:
        """Absolute difference; infinite where that has no meaning."""
        return float(size_of(np.asarray(self.a), np.asarray(self.b)))


@dataclass(frozen=True)
class Compared:
    """One variable of both runs.

    Attributes
    ----------
    group, variable, label, units : what it is
    kind : exact, numerical (a stated error that is no luck), sampled, or unjudged (sampled, without an error)
    n : values that were compared; of sampled ones those that could have differed
    differences : the values beyond their error (all that differ, if unjudged), the largest first
    apart : labels that only one of the runs has, in words
    why : why it could not be compared; '' if it was
    """

    group: str
    variable: str
    label: str = ""
    units: str = ""
    kind: Kind = "exact"
    n: int = 0
    differences: tuple[Difference, ...] = ()
    apart: str = ""
    why: str = ""

    @property
    def name(self) -> str:
        """Group and variable."""
        return f"{self.group}/{self.variable}"


def strict(n: int) -> float:
    """Return how many standard errors luck alone passes in one of twenty such sets of `n` comparisons (Bonferroni)."""
    return NormalDist().inv_cdf(1 - LUCK / 2 / max(n, 1))


def compare_results(a: Run, b: Run) -> Iterator[Compared]:
    """Compare all results of two runs of one problem; see the module's text for what an error is."""
    for group in a.groups:
        if group in ASKED or group not in b:
            continue
        x, y = a[group], b[group]
        for name in x.data_vars:
            if name in y.data_vars and not _ERRORS.fullmatch(str(name)):
                yield _compared(group, str(name), x, y)


def _compared(group: str, name: str, x: xr.Dataset, y: xr.Dataset) -> Compared:
    about = {key: str(x[name].attrs.get(key, "")) for key in ("long_name", "units")}
    base = Compared(group, name, about["long_name"], about["units"])
    if why := _other_meaning(name, x, y):
        return replace(base, why=why)
    shared, told, why = _shared(x[name], y[name])
    if why:
        return replace(base, why=why, apart=told)
    p, q = x.sel(shared), y.sel(shared)
    kind, error = _error(group, name, p, q)
    u, v = p[name], q[name].transpose(*p[name].dims)
    differing, errors, n = _beyond(u.values, v.values, kind, error)
    return replace(base, kind=kind, n=n, differences=_listed(u, v, differing, errors), apart=told)


# -- what can be compared ----------------------------------------------------------------------------------------------


def _other_meaning(name: str, x: xr.Dataset, y: xr.Dataset) -> str:
    """Why one label means two things, if it does: numbers that count something which differs."""
    if set(x[name].dims) != set(y[name].dims):
        return f"over {', '.join(map(str, x[name].dims))} in A, over {', '.join(map(str, y[name].dims))} in B"
    for dim, meaning in (("subset", "factor"), ("member", "member_label"), ("step", "value")):
        if dim in x[name].dims and meaning in x and meaning in y and name != meaning:
            one, other = x[meaning], y[meaning]
            if one.shape != other.shape or apart(one.values, other.values, TOLERANCE).any():
                return f"a {dim} means something else, since {meaning.replace('_', ' ')}s differ"
    return ""


def _shared(u: xr.DataArray, v: xr.DataArray) -> tuple[dict[str, Any], str, str]:
    """The labels that both have, what only one has, and why nothing can be compared if that is so."""
    shared: dict[str, Any] = {}
    told: list[str] = []
    for dim in map(str, u.dims):
        if dim not in u.coords or dim not in v.coords:
            if u.sizes[dim] != v.sizes[dim]:
                return {}, "", f"{dim} has {u.sizes[dim]} values in A, {v.sizes[dim]} in B, and no labels"
            continue
        one, other = u[dim].values.tolist(), v[dim].values.tolist()
        known = set(other)
        both = [label for label in one if label in known]
        told += _only(dim, one, other)
        if not both:
            return {}, "; ".join(told), f"no {dim} is in both runs"
        shared[dim] = both
    return shared, "; ".join(told), ""


def _only(dim: str, one: list[Any], other: list[Any]) -> Iterator[str]:
    for who, ours, theirs in (("A", one, set(other)), ("B", other, set(one))):
        if extra := [str(label) for label in ours if label not in theirs]:
            named = ", ".join(extra[:3]) + (", …" if len(extra) > 3 else "")
            yield f"{len(extra)} of {dim} only in {who} ({named})"


# -- errors ------------------------------------------------------------------------------------------------------------


def _error(group: str, name: str, p: xr.Dataset, q: xr.Dataset) -> tuple[Kind, Floats | None]:
    """What kind of value it is, and the error that a difference is set against."""
    if name in SUMS or p[name].dtype.kind not in "fiu":
        return "exact", None
    method = str(p.attrs.get("method", ""))
    if (stated := _stated(name, p, q)) is not None:
        label = str(p[_error_name(name, p)].attrs.get("long_name", ""))
        if label.startswith("numerical") or method == "quadrature":
            return "numerical", stated
        return ("sampled", stated) if stated.any() else ("exact", None)
    if (binomial := _binomial(name, p, q)) is not None:
        return "sampled", binomial
    drawn = group in ("draws", "convergence", "simulation") or group.startswith("sweep_") or "sampl" in method
    return ("unjudged", None) if drawn or name.startswith("drawn_weights") else ("exact", None)


def _error_name(name: str, p: xr.Dataset) -> str:
    """The variable with a variable's error; '' if there is none."""
    stem = re.sub(r"_(mean|share)$", "", name)
    return next((c for c in (f"{name}_se", f"{stem}_se", f"{name}_ci", f"{stem}_ci") if c in p), "")


def _stated(name: str, p: xr.Dataset, q: xr.Dataset) -> Floats | None:
    """Combined standard error (or half an interval's width), as the runs state it."""
    at = _error_name(name, p)
    if not at or at != _error_name(name, q):
        return None
    one, other = (_spread(run[at], run[name]) for run in (p, q))
    found: Floats = np.hypot(one.values, other.transpose(*one.dims).values)
    return found


def _spread(error: xr.DataArray, value: xr.DataArray) -> xr.DataArray:
    """An error as a standard error, in the shape of its variable."""
    if "ci_bound" in error.dims:
        error = (error.isel(ci_bound=1, drop=True) - error.isel(ci_bound=0, drop=True)) / (2 * ERRORS)
    return error.broadcast_like(value).transpose(*value.dims)


def _binomial(name: str, p: xr.Dataset, q: xr.Dataset) -> Floats | None:
    """Standard error of the difference of two shares of paths or draws, pooled."""
    if not re.match(r"share of (paths|draws)\b", str(p[name].attrs.get("long_name", ""))):
        return None
    sizes = [float(run.attrs.get("paths", run.attrs.get("n", np.nan))) for run in (p, q)]
    u, v = p[name].values, q[name].transpose(*p[name].dims).values
    if not np.isfinite(sizes).all():
        return None
    pooled = (u * sizes[0] + v * sizes[1]) / sum(sizes)
    found: Floats = np.sqrt(np.clip(pooled * (1 - pooled), 0, None) * (1 / sizes[0] + 1 / sizes[1]))
    return found


def _beyond(
    u: npt.NDArray[Any], v: npt.NDArray[Any], kind: Kind, error: Floats | None
) -> tuple[npt.NDArray[np.bool_], Floats | None, int]:
    """Which values differ, by how many standard errors (if sampled), and how many were compared."""
    far = apart(u, v, TOLERANCE)
    if error is None:
        return far, None, u.size
    size = size_of(u, v)
    if kind == "numerical":
        return far & (size > error), None, u.size
    with np.errstate(divide="ignore", invalid="ignore"):
        errors: Floats = np.where(far, size / error, 0.0)
    known = ~np.isnan(error)
    return far & known & (errors > ERRORS), errors, int((known & (far | (error > 0))).sum())


def _listed(u: xr.DataArray, v: xr.DataArray, differing: npt.NDArray[np.bool_], errors: Floats | None) -> tuple[
    Difference, ...
]:  # fmt: skip
    """The values that differ, the largest first."""
    flat = np.flatnonzero(differing)
    size = size_of(u.values, v.values).reshape(-1)[flat]
    order = flat[np.argsort(-size, kind="stable")]
    one, other = u.values.reshape(-1), v.values.reshape(-1)
    every = None if errors is None else errors.reshape(-1)
    return tuple(
        Difference(labels_at(u, i), one[i].item(), other[i].item(), None if every is None else float(every[i]))
        for i in order
    )
