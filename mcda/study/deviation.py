"""How far two arrays are apart, each kind of value by its own measure: whole numbers and texts equal or not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

__all__ = ["apart", "labels_at", "size_of"]

Floats = npt.NDArray[np.float64]


def size_of(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> Floats:
    """Return how far two arrays of one shape are apart, element by element.

    Numbers: the absolute difference; 0 where both are NaN or the same infinity, infinite where only one is. Texts and
    truth values: 0 or infinite.
    """
    if not (a.dtype.kind in "fiu" and b.dtype.kind in "fiu"):
        return np.where(a == b, 0.0, np.inf)
    x, y = a.astype(np.float64), b.astype(np.float64)
    with np.errstate(invalid="ignore"):
        size = np.abs(x - y)
    if a.dtype.kind != "f" and b.dtype.kind != "f":
        size = np.maximum(size, 1.0)  # of large whole numbers that a float can't tell apart
    same = (a == b) | (np.isnan(x) & np.isnan(y))
    found: Floats = np.where(same, 0.0, np.where(np.isfinite(size), size, np.inf))
    return found


def apart(a: npt.NDArray[Any], b: npt.NDArray[Any], tolerance: float) -> npt.NDArray[np.bool_]:
    """Return where two arrays differ: floats by more than `tolerance`, absolute or relative, all else at all."""
    size = size_of(a, b)
    if "f" not in (a.dtype.kind, b.dtype.kind) or a.dtype.kind not in "fiu" or b.dtype.kind not in "fiu":
        return size > 0
    magnitude = np.maximum(np.abs(np.nan_to_num(a.astype(float))), np.abs(np.nan_to_num(b.astype(float))))
    found: npt.NDArray[np.bool_] = size > tolerance * np.maximum(1.0, magnitude)
    return found


def labels_at(variable: xr.DataArray, flat: int) -> dict[str, Any]:
    """Return the labels of one element by dimension; its place along a dimension without labels."""
    places = np.unravel_index(flat, variable.shape) if variable.shape else ()
    found: dict[str, Any] = {}
    for dim, i in zip(variable.dims, places, strict=True):
        value = variable[dim].values[i] if dim in variable.coords else i
        found[str(dim)] = value.item() if isinstance(value, np.generic) else value
    return found
