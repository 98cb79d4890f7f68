// The rule: the tier of a state of sums, and how a rule is laid out over the lattice of these sums.

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
