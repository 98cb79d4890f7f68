// Flips of point scores: the nearest scores of another tier, in three norms.

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
