// Laws of one score on a lattice, and a second panel's error as a matrix.

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
