"use strict";

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
const Engine = (() => {
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

  // -- numbers ---------------------------------------------------------------------------------------------------------

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

  // -- laws of one score ------------------------------------------------------------------------------------------------

  /** The lattice of a problem refined to `unit` steps in a point: {low, high, unit, size}. */
  function lattice(problem, unit) {
    const low = problem.levels[0];
    const high = problem.levels[problem.levels.length - 1];
    const steps = unit || Math.round((problem.levels.length - 1) / (high - low));
    return { low, high, unit: steps, size: (high - low) * steps + 1 };
  }

  const normalised = (mass) => {
    const total = sum(mass);
    return mass.map((m) => m / total);
  };

  const certain = (levels, point) => {
    const at = levels.findIndex((x) => Math.abs(x - point) <= TOLERANCE);
    if (at < 0) throw new Declined(`the score ${point} lies between two levels, so it needs a spread`);
    return levels.map((_, i) => (i === at ? 1 : 0));
  };

  /** Distribution function of the triangular law on [low, high] with its peak at `mode`; no mass that is rounding alone. */
  function triangular(low, mode, high) {
    return (x) => {
      if (x <= low + TOLERANCE) return 0;
      if (x >= high - TOLERANCE) return 1;
      if (x < mode) return (x - low) ** 2 / ((high - low) * (mode - low));
      return 1 - (high - x) ** 2 / ((high - low) * (high - mode));
    };
  }

  /** The beta-binomial on n + 1 levels with mean share m and a + b = `concentration`, by ratios of neighbours. */
  function betaBinomial(n, m, concentration) {
    const [a, b] = [m * concentration, (1 - m) * concentration];
    const logs = [0];
    for (let k = 0; k < n; k++) {
      logs.push(logs[k] + Math.log((n - k) * (a + k)) - Math.log((k + 1) * (b + (n - k - 1))));
    }
    const most = Math.max(...logs);
    return normalised(logs.map((x) => Math.exp(x - most)));
  }

  /**
   * The law over `levels` of a score of which one point is named.
   * @param {number} point on the scale
   * @param {number} spread points: half-width of a triangle taken by cell, or a beta-binomial's standard deviation
   * @param {number[]} levels [level] points, equally spaced
   * @param {"triangular" | "beta-binomial"} family
   * @returns {number[]} [level] probability
   */
  function law(point, spread, levels, family = "triangular") {
    const n = levels.length - 1;
    const [low, high, step] = [levels[0], levels[n], (levels[n] - levels[0]) / n];
    if (!(point >= low && point <= high)) throw new Declined(`the score ${point} is off the scale, ${low} to ${high}`);
    if (!(spread >= 0)) throw new Declined(`a spread is a number of points, at least 0 (got ${spread})`);
    if (spread === 0 || (family === "triangular" && spread <= step / 2)) return certain(levels, point);
    if (family === "triangular") {
      const cdf = triangular(point - spread, point, point + spread);
      return normalised(levels.map((x) => cdf(x + step / 2) - cdf(x - step / 2)));
    }
    const m = (point - low) / (high - low);
    if (m === 0 || m === 1) return certain(levels, point);
    // Var = n m (1 - m) (1 + (n - 1) rho) in steps^2, rho = 1 / (1 + concentration)
    const rho = ((spread / step) ** 2 / (n * m * (1 - m)) - 1) / (n - 1);
    if (!(rho > 0 && rho < 1)) {
      const [least, most] = [1, n].map((times) => (Math.sqrt(n * m * (1 - m) * times) * step).toFixed(2));
      throw new Declined(`a beta-binomial about ${point} has a spread between ${least} and ${most} (got ${spread})`);
    }
    return betaBinomial(n, m, 1 / rho - 1);
  }

  /** P(second score = y | first = x) under a normal(0, sd) error by cell, [x][y]; `ends` clip or reflect what goes beyond. */
  function rescoring(size, unit, sd, ends) {
    const scale = sd * unit;
    const images = Math.ceil((20 * scale) / size) + 1;
    return range(size).map((x) => {
      const row = new Array(size).fill(0);
      if (!(sd > 0)) row[x] = 1;
      for (let y = -2 * images * size; sd > 0 && y < (2 * images + 1) * size; y++) {
        const folded = ((y % (2 * size)) + 2 * size) % (2 * size);
        const home = ends === "reflect" ? Math.min(folded, 2 * size - 1 - folded) : Math.min(Math.max(y, 0), size - 1);
        row[home] += normalMass((y - x - 0.5) / scale, (y - x + 0.5) / scale);
      }
      return normalised(row);
    });
  }

  /** A law, or each row of a matrix, moved by whole steps and clipped to the scale. */
  function moved(values, by) {
    const found = new Array(values.length).fill(0);
    values.forEach((p, i) => (found[Math.min(Math.max(i + by, 0), values.length - 1)] += p));
    return found;
  }

  // -- the rule ---------------------------------------------------------------------------------------------------------

  const VETOED = 1;
  const ALARMED = 2;

  /** How many cuts a value misses; on a cut it goes where ties go. */
  function missed(value, cuts, tie) {
    let count = 0;
    for (const cut of cuts) count += tie === "smaller" ? value < cut - TOLERANCE : value <= cut + TOLERANCE;
    return count;
  }

  /** The tier of a composite c, a counterweight c7 (points) and a watch: the rule itself. */
  function tierOfState(rule, c, c7, watch) {
    const vetoed = (watch & VETOED) > 0;
    if (rule.reading === "text") {
      const tier = 1 + missed(c - c7, rule.cuts, rule.tie);
      return vetoed ? Math.max(tier, rule.inside + 1) : tier;
    }
    const positive = rule.zero === "inside" ? c >= -TOLERANCE : c > TOLERANCE;
    return positive && !vetoed ? insideTier(rule, c, c7) : outsideTier(rule, c, c7, watch);
  }

  function insideTier(rule, c, c7) {
    if (rule.form === "difference") return 1 + missed(c - c7, rule.cuts, rule.tie);
    if (rule.form === "ratio") return 1 + sum(rule.cuts.map((cut) => missed(c - cut * c7, [0], rule.tie))); // C q >= p c7
    const i = missed(c, rule.bands.composite, rule.tie);
    const j = missed(-c7, rule.bands.counterweight.map((end) => -end), rule.tie);
    return rule.bands.table[i][j];
  }

  function outsideTier(rule, c, c7, watch) {
    if (!rule.split) return rule.inside + 1;
    const { by, cuts } = rule.split;
    if (by === "composite") return rule.inside + 1 + missed(c, cuts, rule.tie);
    if (by === "balance") return rule.inside + 1 + missed(c - c7, cuts, rule.tie);
    if (by === "first") return rule.inside + 1 + (watch >> 2);
    return rule.inside + 1 + ((watch & ALARMED) > 0 ? 1 : 0);
  }

  /** What the flags see of one criterion's score: bits VETOED and ALARMED, and the band of the first one against above. */
  function watchOf(rule, roles, k, score) {
    if (roles[k] !== "against") return 0;
    let code = rule.veto !== null && rule.veto !== undefined && score >= rule.veto - TOLERANCE ? VETOED : 0;
    if (!rule.split || rule.reading === "text") return code;
    if (rule.split.by === "any" && score >= rule.split.cuts[0] - TOLERANCE) code |= ALARMED;
    if (rule.split.by === "first" && k === roles.indexOf("against")) {
      code |= missed(-score, rule.split.cuts.map((cut) => -cut), rule.tie) << 2;
    }
    return code;
  }

  const rolesOf = (problem) => problem.criteria.map((c) => c.role);
  const signOf = (role) => ({ against: -1, for: 1, counterweight: 0 })[role];

  /** Weights of the signed criteria as whole numbers, w_k = whole_k * scale, scaled so that they sum to their number. */
  function wholeWeights(rule, roles) {
    const signed = roles.map((role) => role !== "counterweight");
    const parts = roles.map((_, k) => fraction(rule.weights && rule.weights.length ? rule.weights[k] : 1));
    const common = parts.reduce((d, f, k) => (signed[k] ? lcm(d, f.q) : d), 1);
    const raw = parts.map((f, k) => (signed[k] ? f.p * (common / f.q) : 0));
    const total = sum(raw);
    if (!(total > 0) || raw.some((r) => r < 0)) throw new Declined("weights must be at least 0, and not all 0");
    const shared = raw.reduce(gcd, 0);
    const whole = raw.map((r) => Math.round(r / shared));
    return { whole, scale: (signed.filter(Boolean).length * shared) / total, counter: parts.map((f) => f.p / f.q) };
  }

  /** The tier of real point scores, [criterion] points. */
  function tierOf(scores, rule, problem) {
    const roles = rolesOf(problem);
    const { whole, scale, counter } = wholeWeights(rule, roles);
    const at = roles.indexOf("counterweight");
    const c = scale * sum(scores.map((x, k) => signOf(roles[k]) * whole[k] * x));
    const watch = scores.reduce((seen, x, k) => seen | watchOf(rule, roles, k, x), 0);
    return tierOfState(rule, c, at < 0 ? 0 : counter[at] * scores[at], watch);
  }

  /**
   * A rule laid out on a lattice, over the levels of each criterion that are looked at.
   * @param {number[][]} levels [criterion] levels, in any order
   * @returns {{n, signed, at, moves, watches, codes, join, zs, lowest, step, places, tier, runs, value}}
   *   moves, watches: [criterion][level] places added and number of the watch; zs: [level] c7 in points; tier(place, w, z);
   *   runs(w, z): [first place, last place, tier] of each run of equal tiers; value(place): C in points
   */
  function laidOut(rule, problem, grid, levels) {
    const roles = rolesOf(problem);
    const weights = wholeWeights(rule, roles);
    const signed = range(roles.length).filter((k) => roles[k] !== "counterweight");
    const at = roles.indexOf("counterweight");
    const score = (level) => grid.low + level / grid.unit;
    const added = levels.map((own, k) =>
      own.map((level) => signOf(roles[k]) * weights.whole[k] * (grid.low * grid.unit + level)));
    const least = added.map((own) => Math.min(...own));
    const moves = added.map((own, k) => own.map((x) => x - least[k]));
    const places = 1 + sum(signed.map((k) => Math.max(...moves[k])));
    if (places > PLACES) throw new Declined("the weights are too fine for exact sums; use whole numbers, or few decimals");
    const { codes, number } = closure(signed.map((k) => levels[k].map((level) => watchOf(rule, roles, k, score(level)))));
    const watches = levels.map((own, k) =>
      k === at ? own.map(() => 0) : own.map((level) => number.get(watchOf(rule, roles, k, score(level)))));
    const zs = at < 0 ? [0] : levels[at].map((level) => weights.counter[at] * score(level));
    const step = weights.scale / grid.unit;
    const lowest = sum(signed.map((k) => least[k]));
    const value = (place) => (lowest + place) * step;
    const tier = (place, w, z) => tierOfState(rule, value(place), zs[z], codes[w]);
    const join = codes.map((a) => codes.map((b) => number.get(a | b)));
    const runs = remembered((w, z) => runsOf(places, (place) => tier(place, w, z)), zs.length);
    return { n: problem.tiers.length, signed, at, moves, watches, codes, join, zs, lowest, step, places, tier, runs, value };
  }

  /** All watches that can come together, the empty one first. */
  function closure(seen) {
    let codes = new Set([0]);
    for (const own of seen) codes = new Set([...codes].flatMap((code) => own.map((more) => code | more)).concat([...codes]));
    const sorted = [...codes].sort((a, b) => a - b);
    return { codes: sorted, number: new Map(sorted.map((code, i) => [code, i])) };
  }

  function remembered(compute, width) {
    const kept = [];
    return (a, b) => (kept[a * width + b] ??= compute(a, b));
  }

  function runsOf(places, tier) {
    const found = [];
    for (let place = 0; place < places; place++) {
      const t = tier(place);
      const last = found[found.length - 1];
      if (last && last[2] === t) last[1] = place;
      else found.push([place, place, t]);
    }
    return found;
  }

  // -- laws of sums -----------------------------------------------------------------------------------------------------

  /** The law of a sum with one more criterion: {length, mass: [watch * length + place]}. */
  function folded(sumLaw, moves, watches, p, join) {
    const length = sumLaw.length + Math.max(...moves);
    const mass = new Float64Array(join.length * length);
    for (let w = 0; w < join.length; w++) {
      for (let place = 0; place < sumLaw.length; place++) {
        const m = sumLaw.mass[w * sumLaw.length + place];
        if (m === 0) continue;
        for (let x = 0; x < p.length; x++) mass[join[w][watches[x]] * length + place + moves[x]] += m * p[x];
      }
    }
    return { length, mass };
  }

  const nothing = (watches) => ({ length: 1, mass: Float64Array.from(range(watches), (w) => (w === 0 ? 1 : 0)) });

  /** Sums over blocks of 2^j places, by watch, so that the mass of an interval is added up and never subtracted. */
  function blocks(sumLaw, watches) {
    const { length, mass } = sumLaw;
    return range(watches).map((w) => {
      const tree = new Float64Array(2 * length);
      for (let i = 0; i < length; i++) tree[length + i] = mass[w * length + i];
      for (let i = length - 1; i > 0; i--) tree[i] = tree[2 * i] + tree[2 * i + 1];
      return tree.subarray(length).some((m) => m > 0) ? tree : null;
    });
  }

  /** Mass of the places first..last in a tree of blocks. */
  function massBetween(tree, first, last) {
    const length = tree.length >> 1;
    let [l, r, total] = [Math.max(first, 0) + length, Math.min(last, length - 1) + length + 1, 0];
    for (; l < r; l >>= 1, r >>= 1) {
      if (l & 1) total += tree[l++];
      if (r & 1) total += tree[--r];
    }
    return total;
  }

  // -- what is kept of a conditional expectation -------------------------------------------------------------------------

  /** Covariance (n, n) of E[1(T = t) | X_J] and the expected entropy, bits, filled by `add`. */
  const moments = (n) => ({ covariance: new Float64Array(n * n), entropy: 0, extra: [] });

  function add(kept, weight, given, p) {
    const n = p.length;
    for (let a = 0; a < n; a++) {
      const deviation = weight * (given[a] - p[a]);
      for (let b = 0; b <= a; b++) kept.covariance[a * n + b] += deviation * (given[b] - p[b]);
    }
    kept.entropy += weight * entropyOf(given);
  }

  /** Entropy of the tiers, bits; the largest share's term from what it lacks to 1, so that rare tiers keep their digits. */
  function entropyOf(p) {
    let [top, rest, bits] = [0, 0, 0];
    for (let t = 1; t < p.length; t++) if (p[t] > p[top]) top = t;
    for (let t = 0; t < p.length; t++) {
      if (t === top || p[t] === 0) continue;
      rest += p[t];
      bits -= p[t] * Math.log2(p[t]);
    }
    return bits - (1 - rest) * Math.log1p(-rest) * Math.LOG2E;
  }

  /** Covariance when everything is known: diag(p) - p p'. */
  function known(p) {
    const kept = moments(p.length);
    p.forEach((_, a) => p.forEach((_, b) => (kept.covariance[a * p.length + b] = (a === b ? p[a] : 0) - p[a] * p[b])));
    return kept;
  }

  // -- independent scores ----------------------------------------------------------------------------------------------

  /**
   * Everything about independent scores.
   * @returns {{p: number[], byMask, closedStatistics, means, response, composite}}
   */
  function independent(belief, rule, problem, grid) {
    const laws = belief.components[0].laws;
    const support = laws.map((own) => range(own.length).filter((x) => own[x] > 0));
    const p = laws.map((own, k) => support[k].map((x) => own[x]));
    const out = laidOut(rule, problem, grid, support);
    const all = sumLaws(out, p);
    const pz = out.at < 0 ? [1] : p[out.at];
    const expected = averaged(givenSums(out, all, 0, pz), pz)[0].given;
    const byMask = [];
    const response = laws.map((own) => own.map(() => null));
    for (let set = 0; set < all.length; set++) {
      const rows = givenSums(out, all, set, pz);
      const blind = averaged(rows, pz);
      const mask = sum(out.signed.map((k, i) => ((set >> i) & 1) * 2 ** k));
      byMask[mask] = collected(blind, [1], expected);
      if (out.at >= 0) byMask[mask + 2 ** out.at] = collected(rows, pz, expected);
      if (mask && (mask & (mask - 1)) === 0) respond(response, out, Math.log2(mask), support, blind);
      if (mask === 0 && out.at >= 0) support[out.at].forEach((x, z) => (response[out.at][x] = slice(rows[0], z, expected.length)));
    }
    return { p: Array.from(expected), byMask, ...statistics(out, rule, p, problem), response, composite: lawOfC(out, all[all.length - 1]) };
  }

  const slice = (row, z, n) => Array.from(row.given.slice(z * n, (z + 1) * n));

  /** The laws of the sums of all subsets of the signed criteria, by bits. */
  function sumLaws(out, p) {
    const all = [nothing(out.codes.length)];
    for (let set = 1; set < 1 << out.signed.length; set++) {
      const i = 31 - Math.clz32(set);
      const k = out.signed[i];
      all[set] = folded(all[set - (1 << i)], out.moves[k], out.watches[k], p[k], out.join);
    }
    return all;
  }

  /** E[1(T = t) | C_A = a, watch, c7 = z] for the known signed criteria `set`: rows {weight, place, watch, given: [z * n + t]}. */
  function givenSums(out, all, set, pz) {
    const [own, n] = [all[set], out.n];
    const rest = blocks(all[all.length - 1 - set], out.codes.length);
    const rows = [];
    for (let watch = 0; watch < out.codes.length; watch++) {
      for (let place = 0; place < own.length; place++) {
        const weight = own.mass[watch * own.length + place];
        if (!(weight > 0)) continue;
        const given = new Float64Array(pz.length * n);
        rest.forEach((tree, other) => {
          for (let z = 0; tree && z < pz.length; z++) {
            for (const [first, last, tier] of out.runs(out.join[watch][other], z)) {
              given[z * n + tier - 1] += massBetween(tree, first - place, last - place);
            }
          }
        });
        rows.push({ weight, place, watch, given });
      }
    }
    return rows;
  }

  /** The same rows with c7 averaged over. */
  function averaged(rows, pz) {
    return rows.map((row) => {
      const n = row.given.length / pz.length;
      const given = new Float64Array(n);
      for (let z = 0; z < pz.length; z++) for (let t = 0; t < n; t++) given[t] += pz[z] * row.given[z * n + t];
      return { ...row, given };
    });
  }

  function collected(rows, pz, p) {
    const kept = moments(p.length);
    for (const row of rows) {
      for (let z = 0; z < pz.length; z++) {
        add(kept, row.weight * pz[z], row.given.subarray(z * p.length, (z + 1) * p.length), p);
      }
    }
    return kept;
  }

  /** Write P(T = t | c_k = x): the row of level x is that of its place and watch. */
  function respond(response, out, k, support, rows) {
    support[k].forEach((x, i) => {
      const row = rows.find((r) => r.place === out.moves[k][i] && r.watch === out.watches[k][i]);
      response[k][x] = Array.from(row.given);
    });
  }

  function lawOfC(out, total) {
    const mass = new Float64Array(total.length);
    total.mass.forEach((m, i) => (mass[i % total.length] += m));
    const places = range(total.length).filter((place) => mass[place] > 0);
    return { values: places.map(out.value), probability: places.map((place) => mass[place]) };
  }

  /**
   * Closed variances of C and of the balance, from means and variances of single criteria.
   * Of C / c7: Var(C_J) E[1/c7^2] + E[C]^2 Var(1/c7) where c7 is known, Var(C_J) E[1/c7]^2 where it is not.
   */
  function statistics(out, rule, p, problem) {
    const d = p.length;
    const cs = p.map((own, k) => {
      const x = out.moves[k].map((m) => m * out.step);
      const mean = sum(own.map((q, i) => q * x[i]));
      return { mean, variance: k === out.at ? 0 : sum(own.map((q, i) => q * (x[i] - mean) ** 2)) };
    });
    const meanC = out.value(0) + sum(out.signed.map((k) => cs[k].mean));
    const power = (e) => (out.at < 0 ? 0 : sum(p[out.at].map((q, z) => q * out.zs[z] ** e)));
    const mean7 = power(1);
    const spread = (e) => (out.at < 0 ? 0 : sum(p[out.at].map((q, z) => q * (out.zs[z] ** e - power(e)) ** 2)));
    const [spread7, inverse, inverse2, spreadInverse] = [spread(1), power(-1), power(-2), spread(-1)];
    const closedC = range(2 ** d).map((mask) => sum(out.signed.map((k) => ((mask >> k) & 1) * cs[k].variance)));
    const knows7 = (mask) => out.at >= 0 && ((mask >> out.at) & 1) === 1;
    if (rule.form === "ratio") {
      const closed = closedC.map((v, mask) => (knows7(mask) ? v * inverse2 + meanC ** 2 * spreadInverse : v * inverse ** 2));
      return { closedStatistics: [closedC, closed], means: [meanC, meanC * inverse] };
    }
    if (rule.form !== "difference") return { closedStatistics: [closedC, null], means: [meanC, null] };
    const closed = closedC.map((v, mask) => v + (knows7(mask) ? spread7 : 0));
    return { closedStatistics: [closedC, closed], means: [meanC, meanC - mean7] };
  }

  // -- dependent scores: the joint law, in multisets of exchangeable criteria ----------------------------------------------

  /** P(x_k) K_k(x, y) of every component and criterion, over the levels that are possible. */
  function pairs(belief, problem, grid) {
    const condition = belief.conditioning;
    const roles = rolesOf(problem);
    const error = condition ? rescoring(grid.size, grid.unit, condition.sd || 0, condition.ends) : null;
    const components = belief.components.filter((one) => one.weight > 0);
    const kernel = roles.map((_, k) =>
      error && error.map((row) => moved(row, Math.round(((condition.moves || [])[k] || 0) * grid.unit))));
    const weight = components.map((one) =>
      one.laws.map((own, k) => (kernel[k] ? own.map((q, x) => kernel[k][x].map((to) => q * to)) : [own])));
    const some = (k, test) => weight.some((one) => test(one[k]));
    const order = (k, levels) => (roles[k] === "against" ? levels.reverse() : levels); // so that C rises with the level
    const ys = roles.map((_, k) => order(k, range(grid.size).filter((y) => some(k, (m) => m.some((row) => row[y] > 0)))));
    const xs = roles.map((_, k) =>
      condition ? order(k, range(grid.size).filter((x) => some(k, (m) => m[x].some((q) => q > 0)))) : [0]);
    const table = weight.map((one) => one.map((m, k) => xs[k].map((x) => ys[k].map((y) => m[x][y]))));
    return { condition, xs, ys, table, weight: components.map((one) => one.weight) };
  }

  /** The criteria in classes whose members look alike in everything, the counterweight first. */
  function classesOf(out, from, pair) {
    const alike = (k, l) =>
      String(out.moves[k]) === String(out.moves[l]) && String(out.watches[k]) === String(out.watches[l]) &&
      (!from || (String(from.moves[k]) === String(from.moves[l]) && String(from.watches[k]) === String(from.watches[l]))) &&
      pair.table.every((one) => near(one[k], one[l]));
    const found = [];
    for (const k of out.signed) {
      const mine = found.find((members) => alike(members[0], k));
      if (mine) mine.push(k);
      else found.push([k]);
    }
    const watched = (members) => (from && from.watches[members[0]].some((w) => w > 0) ? 0 : 1);
    found.sort((a, b) => watched(a) - watched(b) || b.length - a.length);
    return out.at < 0 ? found : [[out.at], ...found];
  }

  const near = (a, b) =>
    a.length === b.length && a.every((row, x) => row.length === b[x].length && row.every((q, y) => Math.abs(q - b[x][y]) <= SAME));

  /**
   * Multisets of m out of the levels of a class, in order of their largest member, then the next (so that those with a
   * largest member below y come first): {size, levels, members, count: orders of each, up: [M * L + y] number of M + y}.
   */
  function multisetsOf(levels, m) {
    let members = [[]];
    for (let j = 1; j <= m; j++) {
      members = range(levels).flatMap((y) => members.slice(0, multisets(y + 1, j - 1)).map((rest) => [...rest, y]));
    }
    const rank = (sorted) => sum(sorted.map((y, i) => multisets(y, i + 1)));
    const count = Float64Array.from(members, orders);
    const up = new Int32Array(members.length * levels);
    members.forEach((own, M) => {
      for (let y = 0; y < levels; y++) up[M * levels + y] = rank([...own, y].sort((a, b) => a - b));
    });
    return { size: members.length, levels, members, count, up };
  }

  /** In how many orders a sorted list can stand. */
  function orders(sorted) {
    let [found, run] = [1, 0];
    sorted.forEach((y, i) => {
      run = i && y === sorted[i - 1] ? run + 1 : 1;
      found = (found * (i + 1)) / run;
    });
    return Math.round(found);
  }

  /**
   * The joint law of y in one component where `sorted(x)` is true of the sums of x, a cell for each combination of
   * multisets, the first class fastest. What is still to come of x stands in front: [watch, place of x, cell].
   */
  function builtJoint(matrices, classes, ys, from, isKept) {
    const queue = classes.filter((members) => !from || members[0] !== from.at).flat();
    let state = begun(matrices, from, isKept, queue);
    for (const members of classes) {
      if (from && members[0] === from.at) continue;
      const inner = state.cells;
      members.forEach((k, j) => {
        queue.shift();
        const add = from ? { moves: from.moves[k], watches: from.watches[k], join: from.join } : STILL;
        state = putIn(state, matrices[k], add, seenBy(queue, from), j, ys[k].length, inner);
      });
    }
    return state.values;
  }

  const STILL = { moves: [0], watches: [0], join: [[0]] };

  /** Numbers of the watches that these criteria of x can show together. */
  function seenBy(queue, from) {
    let seen = new Set([0]);
    if (from) for (const k of queue) seen = new Set([...seen].flatMap((a) => from.watches[k].map((b) => from.join[a][b])));
    return [...seen].sort((a, b) => a - b);
  }

  /** Before any signed criterion: sum over x7 of P(x7) K(x7, y7) where the sums still to come and x7 are in the tier. */
  function begun(matrices, from, isKept, queue) {
    if (!from) return { watches: [0], places: 1, cells: 1, values: Float64Array.of(1) };
    const matrix = from.at < 0 ? [[1]] : matrices[from.at];
    const [watches, cells] = [seenBy(queue, from), matrix[0].length];
    const values = new Float64Array(watches.length * from.places * cells);
    watches.forEach((w, i) => {
      for (let place = 0; place < from.places; place++) {
        matrix.forEach((row, z) => {
          if (isKept(from.tier(place, w, z))) row.forEach((q, y) => (values[(i * from.places + place) * cells + y] += q));
        });
      }
    });
    return { watches, places: from.places, cells, values };
  }

  /** Sum one criterion's x in, and put its y in its place: the (j + 1)th member of its class, whose axis is the slowest. */
  function putIn(state, matrix, { moves, watches, join }, left, j, levels, inner) {
    const places = state.places - Math.max(...moves);
    const cells = inner * multisets(levels, j + 1);
    const values = new Float64Array(left.length * places * cells);
    left.forEach((w, i) => {
      for (let place = 0; place < places; place++) {
        for (let y = 0; y < levels; y++) {
          const to = (i * places + place) * cells + inner * multisets(y, j + 1);
          const length = inner * multisets(y + 1, j);
          moves.forEach((move, x) => {
            const before = state.watches.indexOf(join[w][watches[x]]);
            const source = (before * state.places + place + move) * state.cells;
            if (matrix[x][y] > 0) addTimes(values, to, state.values, source, length, matrix[x][y]);
          });
        }
      }
    });
    return { watches: left, places, cells, values };
  }

  function addTimes(target, to, source, from, length, factor) {
    for (let i = 0; i < length; i++) target[to + i] += factor * source[from + i];
  }

  /** A number for what the rule sees of each cell, and how many ordered score vectors it stands for (null: one each). */
  function stateOfCells(out, classes, axes) {
    let [places, watches] = [Int32Array.of(0), Int32Array.of(0)];
    let zs = Int32Array.of(0);
    classes.forEach((members, i) => {
      const [k, axis] = [members[0], axes[i]];
      const isC7 = k === out.at;
      const shift = axis.members.map((own) => (isC7 ? 0 : sum(own.map((y) => out.moves[k][y]))));
      const shown = axis.members.map((own) => (isC7 ? 0 : own.reduce((w, y) => out.join[w][out.watches[k][y]], 0)));
      places = crossed(places, axis.size, (old, M) => old + shift[M]);
      watches = crossed(watches, axis.size, (old, M) => out.join[old][shown[M]]);
      if (isC7) zs = Int32Array.from(axis.members, (own) => own[0]);
    });
    return places.map((place, cell) => (watches[cell] * zs.length + zs[cell % zs.length]) * out.places + place);
  }

  /** One more axis, the slowest: value(old, M) in every cell. */
  function crossed(old, size, value) {
    const found = new old.constructor(old.length * size);
    for (let M = 0; M < size; M++) for (let i = 0; i < old.length; i++) found[M * old.length + i] = value(old[i], M);
    return found;
  }

  /** Everything about dependent scores: as `independent`. */
  function dependent(belief, rule, problem, grid) {
    const pair = pairs(belief, problem, grid);
    const out = laidOut(rule, problem, grid, pair.ys);
    const from = pair.condition ? laidOut(pair.condition.rule, problem, grid, pair.xs) : null;
    const classes = classesOf(out, from, pair);
    const axes = classes.map((members) => range(members.length + 1).map((m) => multisetsOf(pair.ys[members[0]].length, m)));
    const full = axes.map((own) => own[own.length - 1]);
    const size = full.reduce((product, axis) => product * axis.size, 1);
    if (size > CELLS) throw new Declined(`the joint law of these scores has ${size.toExponential(1)} cells, too many for a page`);
    const joint = new Float64Array(size);
    const isKept = (tier) => tier === pair.condition.tier;
    pair.table.forEach((matrices, e) =>
      addTimes(joint, 0, builtJoint(matrices, classes, pair.ys, from, isKept), 0, size, pair.weight[e]));
    const states = stateOfCells(out, classes, full);
    const orders = ordersOf(full);
    const table = lookedUp(out, rule);
    const law = lawOfStates(joint, states, orders, table.tier.length);
    if (!(law.mass > 0)) throw new Declined("no score vector of this belief is in the tier that it is conditioned on");
    for (let i = 0; i < size; i++) joint[i] /= law.mass;
    const p = range(out.n).map((t) => sum(law.values.filter((_, s) => table.tier[s] === t)));
    const columns = [table.c, table.balance].filter(Boolean);
    const means = columns.map((column) => expectation(law.values, (s) => column[s]));
    const leaves = summedOver(joint, states, table.tier, columns, axes, p, means);
    const totals = columns.map((column, c) => expectation(law.values, (s) => (column[s] - means[c]) ** 2));
    const whole = classes.map((members) => members.length);
    leaves.set(String(whole), { kept: { ...known(p), extra: totals } });
    return {
      p,
      ...readOff(leaves, classes, pair.ys, p.length, grid.size),
      means: [means[0], table.balance ? means[1] : null],
      composite: compositeOf(law.values, out),
    };
  }

  /** How many ordered score vectors each cell stands for; null where every cell is one. */
  function ordersOf(axes) {
    if (axes.every((axis) => axis.count.every((c) => c === 1))) return null;
    return axes.reduce((old, axis) => crossed(old, axis.size, (before, M) => before * axis.count[M]), Float64Array.of(1));
  }

  /** By state number: tier - 1, C, and the balance (null where the form has none). */
  function lookedUp(out, rule) {
    const size = out.codes.length * out.zs.length * out.places;
    const tier = new Int8Array(size);
    const c = new Float64Array(size);
    const balance = rule.form === "difference" || rule.form === "ratio" ? new Float64Array(size) : null;
    for (let s = 0; s < size; s++) {
      const place = s % out.places;
      const z = Math.floor(s / out.places) % out.zs.length;
      tier[s] = out.tier(place, Math.floor(s / out.places / out.zs.length), z) - 1;
      c[s] = out.value(place);
      if (balance) balance[s] = rule.form === "ratio" ? c[s] / out.zs[z] : c[s] - out.zs[z];
    }
    return { tier, c, balance };
  }

  /** Probability of each state, summing to 1, and the mass that they had. */
  function lawOfStates(joint, states, orders, size) {
    const values = new Float64Array(size);
    for (let i = 0; i < joint.length; i++) values[states[i]] += orders ? joint[i] * orders[i] : joint[i];
    const mass = sum(values);
    return { values: values.map((v) => v / mass), mass };
  }

  /** E f(state); states of no probability have no value. */
  const expectation = (law, f) => law.reduce((total, q, s) => (q > 0 ? total + q * f(s) : total), 0);

  /** The law of C, from that of the states. */
  function compositeOf(law, out) {
    const mass = new Float64Array(out.places);
    law.forEach((q, s) => (mass[s % out.places] += q));
    const places = range(out.places).filter((place) => mass[place] > 0);
    return { values: places.map(out.value), probability: places.map((place) => mass[place]) };
  }

  /**
   * Walk over all numbers of known members of each class, the slowest class first; each step sums one member out.
   * @returns {Map<string, {kept, cells, axes}>} by the numbers of known members, for all but the whole
   */
  function summedOver(joint, states, tier, columns, axes, p, means) {
    const found = new Map();
    const product = (sizes) => sizes.reduce((a, b) => a * b, 1);
    const visit = (i, cells, counts) => {
      if (i < 0) {
        if (cells) found.set(String(counts), leaf(cells, axes.map((own, c) => own[counts[c]]), p, means));
        return;
      }
      let here = cells;
      for (let m = axes[i].length - 1; m >= 0; m--) {
        visit(i - 1, here, counts.map((c, at) => (at === i ? m : c)));
        if (m === 0) return;
        const inner = product(axes.slice(0, i).map((own) => own[own.length - 1].size));
        const outer = product(axes.slice(i + 1).map((own, at) => own[counts[i + 1 + at]].size));
        const shape = { inner, outer, big: axes[i][m], small: axes[i][m - 1] };
        here = here ? withoutOne(here, shape) : firstWithoutOne(joint, states, tier, columns, p.length, shape);
      }
    };
    visit(axes.length - 1, null, axes.map((own) => own.length - 1));
    return found;
  }

  /** Sum one member out of the joint itself: a column for each tier, then one for each statistic. */
  function firstWithoutOne(joint, states, tier, columns, n, { inner, outer, big, small }) {
    const found = range(n + columns.length).map(() => new Float64Array(inner * small.size * outer));
    for (let o = 0, to = 0; o < outer; o++) {
      for (let M = 0; M < small.size; M++) {
        for (let i = 0; i < inner; i++, to++) {
          for (let y = 0; y < small.levels; y++) {
            const cell = (o * big.size + small.up[M * small.levels + y]) * inner + i;
            const q = joint[cell];
            if (q === 0) continue;
            const s = states[cell];
            found[tier[s]][to] += q;
            for (let c = 0; c < columns.length; c++) found[n + c][to] += q * columns[c][s];
          }
        }
      }
    }
    return found;
  }

  /** Sum one member of a class out of every column. */
  function withoutOne(cells, { inner, outer, big, small }) {
    return cells.map((column) => {
      const found = new Float64Array(inner * small.size * outer);
      for (let o = 0, to = 0; o < outer; o++) {
        for (let M = 0; M < small.size; M++) {
          for (let i = 0; i < inner; i++, to++) {
            let total = 0;
            for (let y = 0; y < small.levels; y++) {
              total += column[(o * big.size + small.up[M * small.levels + y]) * inner + i];
            }
            found[to] = total;
          }
        }
      }
      return found;
    });
  }

  /** Moments of E[. | x_J] over the cells of J, and second moments of the statistics' conditional means. */
  function leaf(cells, axes, p, means) {
    const [n, size, orders] = [p.length, cells[0].length, ordersOf(axes)];
    const kept = moments(n);
    kept.extra = means.map(() => 0);
    const given = new Float64Array(n);
    for (let i = 0; i < size; i++) {
      let law = 0;
      for (let t = 0; t < n; t++) law += cells[t][i];
      if (!(law > 0)) continue;
      const weight = orders ? law * orders[i] : law;
      for (let t = 0; t < n; t++) given[t] = cells[t][i] / law;
      add(kept, weight, given, p);
      for (let c = 0; c < means.length; c++) kept.extra[c] += weight * (cells[n + c][i] / law - means[c]) ** 2;
    }
    return { kept, cells, axes };
  }

  /** From leaves by numbers of known members to moments by subset, closed variances and responses. */
  function readOff(leaves, classes, ys, n, size) {
    const d = ys.length;
    const byMask = range(2 ** d).map((mask) => {
      const counts = classes.map((members) => sum(members.map((k) => (mask >> k) & 1)));
      return leaves.get(String(counts)).kept;
    });
    const closedStatistics = [0, 1].map((c) => (c < byMask[0].extra.length ? byMask.map((kept) => kept.extra[c]) : null));
    const response = range(d).map(() => new Array(size).fill(null));
    classes.forEach((members, i) => {
      const { cells, axes } = leaves.get(String(classes.map((_, c) => (c === i ? 1 : 0))));
      for (const k of members) {
        ys[k].forEach((level, y) => {
          const masses = cells.slice(0, n).map((column) => column[axes[i].size === 1 ? 0 : y]);
          const law = sum(masses);
          if (law > 0) response[k][level] = masses.map((q) => q / law);
        });
      }
    });
    return { byMask, closedStatistics, response };
  }

  // -- from moments to indices -------------------------------------------------------------------------------------------

  /** Names of the outputs, in the order of every [output] axis. */
  function outputNames(n) {
    const single = range(n).map((t) => `tier = ${t + 1}`);
    const upTo = range(n - 1).map((t) => `tier <= ${t + 1}`);
    return [...single, ...upTo, "composite", "balance", "tier number", "ordinal", "one-hot", "information"];
  }

  /**
   * Closed indices of all outputs, [output][mask]; null where an output is constant or does not exist. Linear forms of
   * the tiers' indicators that vanish on the modal tier, so that they keep their digits where the others are rare.
   */
  function closedTables({ p, byMask, closedStatistics, means }) {
    const n = p.length;
    const modal = p.indexOf(Math.max(...p));
    const rows = [
      ...range(n).map((t) => range(n).map((u) => (u === t ? 1 : 0))),
      ...range(n - 1).map((t) => range(n).map((u) => (u <= t ? 1 : 0))),
      range(n).map((u) => u + 1),
    ].map((row) => row.map((value) => value - row[modal]));
    const variance = rows.map((row) => {
      const mean = sum(row.map((value, t) => value * p[t]));
      return sum(row.map((value, t) => (value - mean) ** 2 * p[t]));
    });
    const closed = rows.map((row) => byMask.map((kept) => quadratic(row, kept.covariance)));
    const [upTo, single] = [range(n - 1).map((t) => n + t), range(n)];
    const added = (outputs) => [byMask.map((_, J) => sum(outputs.map((o) => closed[o][J]))), sum(outputs.map((o) => variance[o]))];
    const entropy = entropyOf(p);
    const most = byMask[0].entropy;
    const shown = closedStatistics.map((own, c) => {
      const total = own ? own[own.length - 1] : NaN;
      return [own, total > CONSTANT * (1 + means[c] ** 2) ? total : 0];
    });
    const tables = [
      ...range(2 * n - 1).map((o) => [closed[o], variance[o]]),
      ...shown, [closed[2 * n - 1], variance[2 * n - 1]],
      added(upTo), added(single), [byMask.map((kept) => most - kept.entropy), entropy],
    ];
    return tables.map(([own, total]) => byMask.map((_, J) => (total > 0 ? own[J] / total : null)));
  }

  /** row' Cov row, from the lower triangle. */
  function quadratic(row, covariance) {
    const n = row.length;
    let total = 0;
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < a; b++) total += 2 * row[a] * row[b] * covariance[a * n + b];
      total += row[a] ** 2 * covariance[a * n + a];
    }
    return total;
  }

  const firstOrder = (closed, d) => range(d).map((k) => closed[2 ** k]);
  const totalOrder = (closed, d) => range(d).map((k) => (closed[0] === null ? null : 1 - closed[2 ** d - 1 - 2 ** k]));

  /** Sh_k = sum over J without k of |J|! (d - |J| - 1)! / d! (closed(J + k) - closed(J))  (Owen 2014). */
  function shapley(closed, d) {
    if (closed[0] === null) return range(d).map(() => null);
    const factorial = (m) => (m < 2 ? 1 : m * factorial(m - 1));
    const weight = range(d).map((size) => (factorial(size) * factorial(d - size - 1)) / factorial(d));
    const size = (J) => sum(range(d).map((k) => (J >> k) & 1));
    return range(d).map((k) =>
      sum(range(2 ** d).filter((J) => !((J >> k) & 1)).map((J) => weight[size(J)] * (closed[J + 2 ** k] - closed[J]))));
  }

  // -- flips of point scores ---------------------------------------------------------------------------------------------

  /** The coarsest lattice that holds point scores and a belief's levels: steps in a point. */
  const unitOf = (point, unit) => point.reduce((u, x) => lcm(u, fraction(x).q), unit);

  /**
   * The smallest changes of point scores that change their tier: all moves added up (l1), the largest move (linf), one
   * criterion alone (single), in points, null where nothing flips.
   * @returns {{l1, linf, single, tier, toward: {[tier]: 0 | 1}, reaches: {l1: [tier], linf: [tier], single: [tier]}}}
   *   `reaches`: the tiers that a nearest flip reaches (several can), by norm; `toward`: the same of l1 as 0 and 1.
   */
  function flips(point, rule, problem, unit) {
    const grid = lattice(problem, unitOf(point, unit));
    if (grid.unit > 1000) throw new Declined("these point scores are too fine for exact flip distances; round them");
    const out = laidOut(rule, problem, grid, point.map(() => range(grid.size)));
    const at = point.map((x) => Math.round((x - grid.low) * grid.unit));
    const own = tierOf(point, rule, problem);
    const steps = {
      l1: nearest(out, at, (a, b) => a + b),
      linf: nearest(out, at, Math.max),
      single: alone(rule, problem, grid, point),
    };
    const found = { tier: own, reaches: {} };
    for (const [norm, cost] of Object.entries(steps)) {
      const others = cost.map((c, t) => (t + 1 === own ? Infinity : c));
      const least = Math.min(...others);
      found[norm] = least < Infinity ? least / grid.unit : null;
      found.reaches[norm] = range(out.n).filter((t) => least < Infinity && others[t] === least).map((t) => t + 1);
    }
    found.toward = Object.fromEntries(range(out.n).map((t) => [t + 1, found.reaches.l1.includes(t + 1) ? 1 : 0]));
    return found;
  }

  /** Steps to each tier, [tier]: the cheapest sum of moves into each state, in (min, +) or (min, max). */
  function nearest(out, at, together) {
    let here = { length: 1, cost: range(out.codes.length).map((w) => (w === 0 ? 0 : Infinity)) };
    for (const k of out.signed) {
      const length = here.length + Math.max(...out.moves[k]);
      const cost = new Array(out.codes.length * length).fill(Infinity);
      here.cost.forEach((paid, s) => {
        if (paid === Infinity) return;
        const [w, place] = [Math.floor(s / here.length), s % here.length];
        out.moves[k].forEach((move, level) => {
          const to = out.join[w][out.watches[k][level]] * length + place + move;
          cost[to] = Math.min(cost[to], together(paid, Math.abs(level - at[k])));
        });
      });
      here = { length, cost };
    }
    const found = new Array(out.n).fill(Infinity);
    out.zs.forEach((_, z) => {
      const more = out.at < 0 ? 0 : Math.abs(z - at[out.at]);
      for (let w = 0; w < out.codes.length; w++) {
        for (const [first, last, tier] of out.runs(w, z)) {
          for (let place = first; place <= last; place++) {
            found[tier - 1] = Math.min(found[tier - 1], together(here.cost[w * here.length + place], more));
          }
        }
      }
    });
    return found;
  }

  function alone(rule, problem, grid, point) {
    const found = new Array(problem.tiers.length).fill(Infinity);
    point.forEach((x, k) => {
      for (let level = 0; level < grid.size; level++) {
        const there = point.map((own, j) => (j === k ? grid.low + level / grid.unit : own));
        const tier = tierOf(there, rule, problem) - 1;
        found[tier] = Math.min(found[tier], Math.abs(level - Math.round((x - grid.low) * grid.unit)));
      }
    });
    return found;
  }

  // -- what the page asks -------------------------------------------------------------------------------------------------

  const isIndependent = (belief) => !belief.conditioning && belief.components.length === 1;

  /** The most probable tier; equal ones (to 1e-12) go to the larger number. */
  function modalTier(p) {
    const most = Math.max(...p);
    return 1 + range(p.length).filter((t) => p[t] >= most - 1e-12).pop();
  }

  /**
   * Everything the page shows of one belief under one rule.
   * @returns {{tiers: [tier], mode: number, tie: boolean, entropy: number, outputs: [name], first: [output][criterion],
   *   total: [output][criterion], shapley: [output][criterion], closed: [output][mask], response: [criterion][level][tier],
   *   composite: {values, probability}, flip: object | null, dependence: string, levels: [points]}}
   *   null in place of an index of a constant output, and of a response at a level without probability
   * @throws {Declined} with a sentence that can be shown, where the answer is beyond a page
   */
  function solve(belief, rule, problem) {
    const grid = lattice(problem, belief.unit);
    const found = isIndependent(belief) ? independent(belief, rule, problem, grid) : dependent(belief, rule, problem, grid);
    const d = problem.criteria.length;
    const closed = closedTables(found);
    const most = Math.max(...found.p);
    return {
      tiers: found.p,
      mode: modalTier(found.p),
      tie: found.p.filter((q) => q >= most - 1e-12).length > 1,
      entropy: entropyOf(found.p),
      outputs: outputNames(found.p.length),
      first: closed.map((own) => firstOrder(own, d)),
      total: closed.map((own) => totalOrder(own, d)),
      shapley: closed.map((own) => shapley(own, d)),
      closed,
      response: found.response,
      composite: found.composite,
      flip: belief.point ? flips(belief.point, rule, problem, grid.unit) : null,
      dependence: isIndependent(belief) ? "independent" : belief.conditioning ? "conditioned" : "mixture",
      levels: range(grid.size).map((level) => grid.low + level / grid.unit),
    };
  }

  /**
   * A belief after a shock: scores moved by `size` times the moves {criterion id: points}, to whole steps of the lattice,
   * and clipped to the scale. Of a conditioned belief the printed tier stays that of the scores before the shock.
   */
  function shifted(belief, moves, size, problem) {
    const grid = lattice(problem, belief.unit);
    const steps = problem.criteria.map((criterion) => Math.round((moves[criterion.id] || 0) * size * grid.unit));
    const clip = (x) => Math.min(Math.max(x, grid.low), grid.high);
    const point = belief.point ? belief.point.map((x, k) => clip(x + steps[k] / grid.unit)) : null;
    if (belief.conditioning) {
      const before = belief.conditioning.moves || steps.map(() => 0);
      const after = steps.map((by, k) => before[k] + by / grid.unit);
      return { ...belief, point, conditioning: { ...belief.conditioning, moves: after } };
    }
    const components = belief.components.map((one) => ({ ...one, laws: one.laws.map((own, k) => moved(own, steps[k])) }));
    return { ...belief, point, components };
  }

  return Object.freeze({ Declined, law, rescoring, solve, shifted, tierOf, flips, outputNames, lattice });
})();

if (typeof module !== "undefined") module.exports = Engine;
