/**
 * The exact engine: tiers, closed indices, responses and flip distances of one belief under one rule.
 *
 * Pure functions of plain data; no page, no network, no random number. The same mathematics as the Python package's
 * (docs/method.md, 1 to 5), by roads of its own:
 *
 * - *Independent scores.* A rule sees scores through the composite C, the counterweight c7 and a few flags (a veto, an
 *   alarm, the band of the first criterion). Given C_J = a of the known criteria J and c7 = z, tier t is an interval of
 *   the rest's sum, so E[1(T = t) | X_J] is that interval's mass: one look-up per (a, z, t), for all 2^d subsets J.
 * - *Dependent scores* (mixtures, printed tiers, second panels). The joint law of the scores is built criterion by
 *   criterion ("sum x in, put y in its place") and summed out again, one criterion at a time, over all subsets.
 *   Criteria with equal laws and equal weights are exchangeable: their scores are kept as multisets, which turns 10^7
 *   cells into 5 * 10^4 where a printed tier under a uniform prior is all that is known.
 *
 * Words: `level` counts the points of the scale's lattice from 0; a `place` counts steps of C from its smallest value;
 * a `watch` is what the flags say; `mask` is a subset of criteria as bits (bit 0 the first criterion).
 *
 * Data (as `explorer_data` writes it):
 * - problem: {criteria: [{role}], levels: [points], tiers: [..], inside}
 * - rule: {inside, form, reading, zero, tie, veto, cuts, weights, split: {by, cuts} | null, bands | null}
 * - belief: {unit, components: [{weight, laws: [criterion][level]}], point: [criterion] | null,
 *            conditioning: {tier, rule, sd, ends, moves} | null}; `unit` is the number of steps in a point. A conditioned
 *            belief's scores are y = x + error + move, x the prior given that `rule` sorts it into `tier`; sd 0: no error.
 */

/** A value this near to a cut is on it, points: whole sums and decimals of 4 places are never nearer and not equal. */
const TOLERANCE = 1e-9;
/** A composite or balance whose variance is below this share of its squared mean is constant. */
const CONSTANT = 1e-13;
/** Laws this near to each other are equal. */
const SAME = 1e-14;
/** Most cells of a joint law, and most places of a composite. */
const CELLS = 1.2e7;
const PLACES = 2e4;

class Declined extends Error {}

const range = (n) => Array.from({ length: n }, (_, i) => i);
const sum = (values) => values.reduce((a, b) => a + b, 0);
const gcd = (a, b) => (b ? gcd(b, a % b) : Math.abs(a));
const lcm = (a, b) => (a / gcd(a, b)) * b;

/** The simplest fraction {p, q} within 1e-12 of x (continued fraction). */
function fraction(x) {
  let [p0, q0, p, q, rest] = [0, 1, 1, 0, x];
  for (let i = 0; i < 40; i++) {
    const whole = Math.floor(rest);
    [p0, q0, p, q] = [p, q, whole * p + p0, whole * q + q0];
    if (Math.abs(p / q - x) <= 1e-12 * Math.max(1, Math.abs(x))) break;
    rest = 1 / (rest - whole);
  }
  return { p, q };
}

/** erfc(x), x >= 0: a series of positive terms below 2, a continued fraction above (Abramowitz & Stegun 7.1.6, 7.1.14). */
function erfc(x) {
  if (x < 2) {
    let [term, total] = [x, x];
    for (let n = 1; term > 1e-18 * total; n++) total += term *= (2 * x * x) / (2 * n + 1);
    return 1 - ((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)) * total;
  }
  let tail = x;
  for (let n = 120; n >= 1; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
}

/** P(a standard normal is in [left, right]), from the tail in which it keeps its digits. */
function normalMass(left, right) {
  if (left > 0) return (erfc(left / Math.SQRT2) - erfc(right / Math.SQRT2)) / 2;
  if (right < 0) return normalMass(-right, -left);
  return 1 - (erfc(-left / Math.SQRT2) + erfc(right / Math.SQRT2)) / 2;
}

/** The number of multisets of `size` elements out of n kinds: (n + size - 1 over size). */
function multisets(n, size) {
  let found = 1;
  for (let i = 1; i <= size; i++) found = (found * (n + i - 1)) / i;
  return Math.round(found);
}
