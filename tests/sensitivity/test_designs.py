"""Base points: addressed by name and row, nets as SALib and SciPy draw them, and SALib's traps."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from mcda.draws import number, uniforms
from mcda.errors import Declined, UsageError
from mcda.sensitivity.designs import net_points, random_points, salib_peer

NAMES = ("c1", "c2", "cuts")

# -- random points -----------------------------------------------------------------------------------------------------


def test_random_points_are_the_uniforms_called_after_the_factor() -> None:
    a, b = random_points(7, NAMES, 3, 50)
    for k, name in enumerate(NAMES):
        assert (a[:, k] == uniforms(7, "score", np.arange(3, 50), j=number(name))).all()
        assert (b[:, k] == uniforms(7, "score", np.arange(3, 50), j=number(name + "'"))).all()


def test_a_factor_that_is_added_or_moved_shifts_no_other() -> None:
    short, longer = random_points(7, NAMES, 0, 40), random_points(7, ("new", *NAMES[::-1]), 0, 40)
    for before, after in zip(short, longer, strict=True):
        assert (before == after[:, :0:-1]).all()


def test_rows_do_not_depend_on_the_range_they_are_asked_in() -> None:
    whole = random_points(7, NAMES, 0, 40)
    parts = random_points(7, NAMES, 0, 13), random_points(7, NAMES, 13, 40)
    for k in range(2):
        assert (whole[k] == np.concatenate([part[k] for part in parts])).all()


def test_columns_of_a_and_b_are_uncorrelated() -> None:
    n = 4096
    found = np.corrcoef(np.hstack(random_points(0, NAMES, 0, n)), rowvar=False)
    assert np.abs(found - np.eye(6)).max() < 4.5 / np.sqrt(n)  # 15 correlations, each of standard error 1 / sqrt(n)


@pytest.mark.parametrize("names", [("x", "x'"), ("x", "x")])
def test_names_that_would_share_numbers_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="the same random numbers; rename one"):
        random_points(0, names, 0, 4)


def test_seed_zero_is_a_seed_like_any_other() -> None:
    for points in (lambda seed: random_points(seed, NAMES, 0, 8), lambda seed: net_points(seed, 3, 0, 8)):
        assert np.array_equal(points(0), points(0))
        assert not np.isin(points(0), points(1)).any()


# -- nets --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2, 7])
def test_a_and_b_are_the_halves_of_one_net_in_twice_the_dimensions(d: int) -> None:
    net = qmc.Sobol(2 * d, rng=np.random.default_rng([5, 3])).random(64)
    a, b = net_points(5, d, 0, 64, replicate=3)
    assert (np.hstack([a, b]) == net).all()


def test_every_column_of_a_net_has_one_point_in_each_cell() -> None:
    for block in net_points(5, 7, 0, 256):
        assert (np.sort(np.floor(block * 256).astype(int), axis=0) == np.arange(256)[:, None]).all()


@pytest.mark.parametrize("n", [2, 4, 256])
def test_a_longer_net_begins_with_the_shorter(n: int) -> None:
    whole, first, second = net_points(5, 3, 0, n), net_points(5, 3, 0, n // 2), net_points(5, 3, n // 2, n)
    for k in range(2):
        assert (whole[k] == np.concatenate([first[k], second[k]])).all()


def test_scrambles_differ() -> None:
    assert not np.isin(net_points(5, 3, 0, 64, replicate=0), net_points(5, 3, 0, 64, replicate=1)).any()


def test_nets_of_other_sizes_are_refused() -> None:
    for start, stop in ((0, 100), (16, 64), (0, 0)):
        with pytest.raises(UsageError, match=r"2\^k points and is extended by as many again"):
            net_points(0, 3, start, stop)
    with pytest.raises(UsageError, match="serves 1 to 10600 factors"):
        net_points(0, 10601, 0, 2)


# -- SALib as a peer ---------------------------------------------------------------------------------------------------


def evaluations(n: int = 64) -> np.ndarray:
    """Two outputs of two factors at a design, (4, n, 2)."""
    a, b = random_points(1, ("x", "y"), 0, n)
    points = a, np.column_stack([b[:, 0], a[:, 1]]), np.column_stack([a[:, 0], b[:, 1]]), b
    return np.array([np.column_stack([x[:, 0] + 2 * x[:, 1], x[:, 0] * x[:, 1]]) for x in points])


def test_the_peer_takes_many_outputs_and_each_as_it_would_alone() -> None:
    y = evaluations()
    together = salib_peer(y)
    for k in range(2):
        alone = salib_peer(y[..., k])
        assert (together.first_order[k] == alone.first_order[0]).all()
        assert (together.total_order[k] == alone.total_order[0]).all()


def test_the_peer_gives_nan_for_a_constant_output_where_salib_gives_zero() -> None:
    y = evaluations()
    y[..., 0] = 0.1
    found = salib_peer(y)
    assert np.isnan(found.first_order[0]).all()
    assert np.isnan(found.total_order[0]).all()
    assert np.isfinite(found.first_order[1]).all()


def test_the_peer_refuses_what_salib_would_turn_to_zeros() -> None:
    y = evaluations()
    y[1, 5, 0] = np.nan
    with pytest.raises(Declined, match="1 evaluations are not finite; SALib would return zeros"):
        salib_peer(y)


def test_the_peer_leaves_the_global_random_state_alone() -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    salib_peer(evaluations())
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_the_peer_refuses_other_shapes() -> None:
    with pytest.raises(UsageError, match=r"\(d \+ 2, n\) or \(d \+ 2, n, q\)"):
        salib_peer(np.zeros(12))
