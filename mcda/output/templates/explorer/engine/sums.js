// Laws of sums, and what is kept of a conditional expectation.

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


// -- what is kept of a conditional expectation ------------------------------------------------------------------------


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
