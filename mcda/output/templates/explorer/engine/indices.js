// From moments to closed, first-order, total-order indices and Shapley effects.

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
