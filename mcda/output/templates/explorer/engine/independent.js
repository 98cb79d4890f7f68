// Independent scores: every subset of known criteria by intervals of the rest's sum.

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
