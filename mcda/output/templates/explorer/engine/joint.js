// The joint law of dependent scores, built criterion by criterion, in multisets of exchangeable criteria.

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
