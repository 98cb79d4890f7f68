// Dependent scores: the joint law summed out again, one criterion at a time, over all subsets.

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
