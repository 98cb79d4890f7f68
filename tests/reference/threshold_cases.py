"""Boolean functions whose closed indices are derived by hand in the comments: for any engine of closed indices.

Subsets are bitmasks, bit 0 the first factor: closed[0b101] is {x1, x3}. Everything is a Fraction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction as F
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class ThresholdCase:
    """``values`` and ``joint`` are object arrays of Fractions over {0, 1}**d, axis k is factor k."""

    name: str
    d: int
    values: npt.NDArray[Any]
    joint: npt.NDArray[Any]
    mean: F
    variance: F
    closed: tuple[F, ...]  # normalised, 2**d
    shapley: tuple[F, ...]
    independent: bool


def _case(
    name: str,
    function: Callable[..., bool],
    law: Callable[..., F],
    mean: F,
    variance: F,
    closed: tuple[F, ...],
    shapley: tuple[F, ...],
    independent: bool = True,
) -> ThresholdCase:
    d = len(shapley)
    values = np.empty((2,) * d, dtype=object)
    joint = np.empty((2,) * d, dtype=object)
    for x in product((0, 1), repeat=d):
        values[x] = F(int(function(*x)))
        joint[x] = law(*x)
    return ThresholdCase(name, d, values, joint, mean, variance, closed, shapley, independent)


def threshold_cases() -> dict[str, ThresholdCase]:
    zero, one = F(0), F(1)

    def fair(*x: int) -> F:
        return F(1, 2 ** len(x))

    cases = [
        # Majority of 3 fair bits. Mean 1/2, variance 1/4. One known: 1/4 or 3/4, variance 1/16, a quarter. Two known:
        # 0, 1/2, 1 with probabilities 1/4, 1/2, 1/4, variance 1/8, a half. Shapley by symmetry.
        _case(
            "majority of 3",
            lambda a, b, c: a + b + c >= 2,
            fair,
            F(1, 2),
            F(1, 4),
            (zero, F(1, 4), F(1, 4), F(1, 2), F(1, 4), F(1, 2), F(1, 2), one),
            (F(1, 3),) * 3,
        ),
        # AND of 3 fair bits. Mean 1/8, variance 7/64. One known: 0 or 1/4, variance 1/64, so 1/7. Two known: 1/2 with
        # probability 1/4, else 0; 1/16 - 1/64 = 3/64, so 3/7.
        _case(
            "and of 3",
            lambda a, b, c: a + b + c >= 3,
            fair,
            F(1, 8),
            F(7, 64),
            (zero, F(1, 7), F(1, 7), F(3, 7), F(1, 7), F(3, 7), F(3, 7), one),
            (F(1, 3),) * 3,
        ),
        # Parity of 3 fair bits (no threshold function): until all are known the mean stays 1/2.
        _case(
            "parity of 3",
            lambda a, b, c: (a + b + c) % 2 == 1,
            fair,
            F(1, 2),
            F(1, 4),
            (zero,) * 7 + (one,),
            (F(1, 3),) * 3,
        ),
        # 2a + b + c >= 2, that is a or (b and c), fair bits. Mean 1/2 + 1/8 = 5/8, variance 15/64.
        # {a}: 1/4 or 1: (3/8)^2 = 9/64, 3/5. {b}: 1/2 or 3/4: (1/8)^2 = 1/64, 1/15.
        # {a, b}: 1 (1/2), 0 (1/4), 1/2 (1/4): 9/16 - 25/64 = 11/64, 11/15.
        # {b, c}: 1 (1/4), 1/2 (3/4): 7/16 - 25/64 = 3/64, 1/5.
        # Shapley of a: (3/5)/3 + (11/15 - 1/15)/6 * 2 + (1 - 1/5)/3 = 9/45 + 10/45 + 12/45 = 31/45; b, c share 14/45.
        _case(
            "a heavy vote and two light",
            lambda a, b, c: 2 * a + b + c >= 2,
            fair,
            F(5, 8),
            F(15, 64),
            (zero, F(3, 5), F(1, 15), F(11, 15), F(1, 15), F(11, 15), F(1, 5), one),
            (F(31, 45), F(7, 45), F(7, 45)),
        ),
        # AND of 2 with P(a) = 1/2, P(b) = 1/3. Mean 1/6, variance 5/36. {a}: 1/3 or 0, half each: (1/6)^2 = 1/36, 1/5.
        # {b}: 1/2 with probability 1/3: 1/12 - 1/36 = 2/36, 2/5. Shapley of a: (1/5 + 1 - 2/5)/2 = 2/5.
        _case(
            "and of 2, unequal bits",
            lambda a, b: a + b >= 2,
            lambda a, b: F(1, 2) * (F(1, 3) if b else F(2, 3)),
            F(1, 6),
            F(5, 36),
            (zero, F(1, 5), F(2, 5), one),
            (F(2, 5), F(3, 5)),
        ),
        # AND of 2 dependent bits: P(00) = P(11) = 3/8, P(01) = P(10) = 1/8. Mean 3/8, variance 15/64. {a}: 3/4 or 0,
        # half each: (3/8)^2 = 9/64, 3/5, and so {b}. The total index 1 - 3/5 = 2/5 lies below the closed one.
        _case(
            "and of 2, dependent bits",
            lambda a, b: a + b >= 2,
            lambda a, b: F(3, 8) if a == b else F(1, 8),
            F(3, 8),
            F(15, 64),
            (zero, F(3, 5), F(3, 5), one),
            (F(1, 2), F(1, 2)),
            independent=False,
        ),
        # y = a, and b a copy of a: each alone tells all, so closed 1, total 0, Shapley 1/2. Two cells have no mass.
        _case(
            "a bit and its copy",
            lambda a, b: a == 1,
            lambda a, b: F(1, 2) if a == b else zero,
            F(1, 2),
            F(1, 4),
            (zero, one, one, one),
            (F(1, 2), F(1, 2)),
            independent=False,
        ),
    ]
    return {case.name: case for case in cases}
