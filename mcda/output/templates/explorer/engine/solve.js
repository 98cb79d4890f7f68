// What the page asks: everything about one belief under one rule, and a belief after a shock.

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
