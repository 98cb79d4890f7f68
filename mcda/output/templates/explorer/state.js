// What is chosen and moved, how it stands in the address, and the one place where the engine is asked.

/** @typedef {{scores: number[], spreads: number[]}} Edit  scores that somebody asks about, and how far each may be off */

const Data = JSON.parse(document.getElementById("data").textContent);

const State = (() => {
  const { problem, beliefs, rules, rule: runRule, shocks } = Data;
  const criteria = problem.criteria, levels = problem.levels;
  const low = levels[0], high = levels[levels.length - 1];
  const byId = new Map(beliefs.map((belief) => [belief.alternative, belief]));
  const known = new Map(problem.alternatives.map((one) => [one.id, one]));
  const solutions = new Map();
  const alike = groups();

  /** Most measures beside the chosen one, and the widest spread of a slider, points. */
  const MOST_PINS = 3;
  /** Spread of what-if scores until somebody moves it, where the run has none for scores. */
  const SPREAD = 2;
  const WIDEST = Math.min(4, (high - low) / 2);

  const rulesByLabel = new Map([[runRule.label, runRule], ...rules.map(({ label, rule }) => [label, rule])]);
  const copy = (value) => JSON.parse(JSON.stringify(value));
  const clamp = (x, a, b) => Math.min(Math.max(x, a), b);

  /** The state that a page opens with. */
  const fresh = () => ({
    measure: beliefs[0].alternative, pins: [], edits: {}, base: runRule.label, rule: copy(runRule), sd: null,
    shock: null, size: 1, output: null, timeline: {},
  });

  let now = fresh();

  // -- beliefs ---------------------------------------------------------------------------------------------------------

  /** The second panel's error that the run's own beliefs of a measure carry, points; null where they come from no print. */
  const ownSd = (id) => byId.get(id).conditioning?.sd ?? (byId.get(id).conditioning ? 0 : null);

  /** The error that is shown. */
  const shownSd = (id) => (ownSd(id) === null ? null : now.sd ?? ownSd(id));

  /** The law of what-if scores: half a cell of doubt or less is certainty, and certain scores are whole. */
  function settled(score, spread) {
    const sure = spread <= 0.5 * (levels[1] - levels[0]);
    return sure ? levels.reduce((best, x) => (Math.abs(x - score) < Math.abs(best - score) ? x : best)) : score;
  }

  /** Where sliders start: the panel's point scores, else the most even scores that the rule sorts into the printed tier. */
  function start(id) {
    const belief = byId.get(id), spread = clamp(belief.law === "re-scoring" ? SPREAD : belief.spread, 0, WIDEST);
    const spreads = criteria.map(() => Math.round(spread * 4) / 4);
    const scores = belief.point ? belief.point.map((x) => Math.round(x * 10) / 10) : evenScores(known.get(id));
    return { scores: scores.map((x, k) => settled(x, spreads[k])), spreads };
  }

  /** One score for all criteria against, one for all for, one for the counterweight, nearest to the middle of the scale. */
  function evenScores({ published_tier: tier }) {
    const middle = (low + high) / 2, far = (xs) => xs.reduce((sum, x) => sum + (x - middle) ** 2, 0);
    let best = null;
    for (const a of levels) for (const b of levels) for (const c of levels) {
      const scores = criteria.map(({ role }) => ({ against: a, for: b, counterweight: c })[role]);
      if (tier !== null && Engine.tierOf(scores, runRule, problem) !== tier) continue;
      if (!best || far([a, b, c]) < far(best.three) - 1e-9) best = { three: [a, b, c], scores };
    }
    return best ? best.scores : criteria.map(() => settled(middle, 0));
  }

  /** The belief that is shown of a measure: the run's, or of what-if scores; after the shock. */
  function belief(id) {
    const edit = now.edits[id], own = byId.get(id), shock = shocks.find((one) => one.id === now.shock);
    const family = own.law === "beta-binomial" ? "beta-binomial" : "triangular";
    let found = own;
    if (edit) {
      const scores = edit.scores.map((x, k) => settled(x, edit.spreads[k]));
      const laws = scores.map((x, k) => Engine.law(x, edit.spreads[k], levels, family));
      found = { alternative: id, unit: 1, components: [{ weight: 1, laws }], conditioning: null, point: scores, law: family };
    } else if (own.conditioning) {
      found = { ...own, conditioning: { ...own.conditioning, sd: shownSd(id) } };
    }
    return shock && now.size !== 0 ? Engine.shifted(found, shock.moves, now.size, problem) : found;
  }

  // -- solving -----------------------------------------------------------------------------------------------------------

  /** The first measure with the same belief, by measure: what the paper says alike is computed once. */
  function groups() {
    const firsts = new Map();
    return new Map(beliefs.map(({ alternative, ...said }) => {
      const text = JSON.stringify(said);
      if (!firsts.has(text)) firsts.set(text, alternative);
      return [alternative, firsts.get(text)];
    }));
  }

  /** What is computed for a measure, once for each thing that can be asked: moving one score asks once. */
  function solve(id) {
    const key = JSON.stringify([now.edits[id] ?? alike.get(id), now.edits[id] ? null : shownSd(id), now.rule, now.shock && [now.shock, now.size]]);
    if (!solutions.has(key)) {
      if (solutions.size > 200) solutions.clear();
      const before = performance.now();
      solutions.set(key, Engine.solve(belief(id), now.rule, problem));
      window.explorer.solved += 1;
      window.explorer.milliseconds = performance.now() - before;
    }
    return solutions.get(key);
  }

  const ruleMoved = () => JSON.stringify({ ...now.rule, label: "" }) !== JSON.stringify({ ...runRule, label: "" });
  const shockOn = () => Boolean(now.shock) && now.size !== 0;
  const sdMoved = (id) => shownSd(id) !== null && shownSd(id) !== ownSd(id);
  const moved = (id) => Boolean(now.edits[id]) || ruleMoved() || shockOn() || sdMoved(id);

  // -- the address ---------------------------------------------------------------------------------------------------------

  /** The state as an address's last part; what is as the run has it is left out. */
  function asHash() {
    const words = new URLSearchParams();
    words.set("m", now.measure);
    if (now.pins.length) words.set("pins", now.pins.join(","));
    for (const [id, { scores, spreads }] of Object.entries(now.edits)) {
      words.set(`s.${id}`, scores.map((x, k) => `${x}~${spreads[k]}`).join(","));
    }
    if (now.base !== runRule.label) words.set("rule", now.base);
    const base = rulesByLabel.get(now.base);
    for (const key of RULE_KEYS) {
      if (JSON.stringify(now.rule[key]) !== JSON.stringify(base[key])) words.set(`r.${key}`, JSON.stringify(now.rule[key]));
    }
    if (now.sd !== null) words.set("sd", String(now.sd));
    if (now.shock) words.set("shock", `${now.shock}~${now.size}`);
    if (now.output) words.set("of", now.output);
    for (const [key, value] of Object.entries(now.timeline)) words.set(`t.${key}`, String(value));
    return words.toString();
  }

  /** Read an address; what makes no sense is left as the run has it. */
  function fromHash(text) {
    const words = new URLSearchParams(text), found = fresh();
    if (byId.has(words.get("m"))) found.measure = words.get("m");
    found.pins = [...new Set((words.get("pins") ?? "").split(",").filter((id) => byId.has(id)))].slice(0, MOST_PINS);
    for (const [key, value] of words) if (key.startsWith("s.") && byId.has(key.slice(2))) readEdit(found, key.slice(2), value);
    if (rulesByLabel.has(words.get("rule"))) found.base = words.get("rule");
    found.rule = copy(rulesByLabel.get(found.base));
    readRule(found, words);
    const sd = numberIn(words.get("sd") ?? "");
    if (sd >= 0 && sd <= 3) found.sd = Math.round(4 * sd) / 4;
    readShock(found, words.get("shock") ?? "");
    found.output = words.get("of");
    for (const [key, value] of words) if (/^t\.[a-z]+$/.test(key)) found.timeline[key.slice(2)] = key === "t.month" ? Number(value) || 0 : value;
    now = found;
  }

  /** The number that a text is, NaN for none: an empty one is no 0. */
  const numberIn = (text) => (text.trim() === "" ? NaN : Number(text));

  /** Scores and spreads of an address, at the steps of their sliders. */
  function readEdit(found, id, text) {
    const parts = text.split(",").map((part) => part.split("~").map(numberIn));
    const fine = ([x, s, ...more]) => !more.length && x >= low && x <= high && s >= 0 && s <= WIDEST;
    if (parts.length === criteria.length && parts.every(fine)) {
      found.edits[id] = { scores: parts.map(([x]) => Math.round(10 * x) / 10), spreads: parts.map(([, s]) => Math.round(4 * s) / 4) };
    }
  }

  /** A rule from an address counts only if it has a meaning. */
  function readRule(found, words) {
    const rule = copy(found.rule);
    try {
      for (const key of RULE_KEYS) if (words.has(`r.${key}`)) rule[key] = JSON.parse(words.get(`r.${key}`), (_, x) => (typeof x === "number" ? Rules.written(x) : x));
      if (Rules.flaw(rule) === "") found.rule = rule;
    } catch {
      return; // no JSON, or of another shape
    }
  }

  function readShock(found, text) {
    const [id, size] = text.split("~");
    const shock = shocks.find((one) => one.id === id);
    if (shock && stepsOf(shock).includes(Number(size))) Object.assign(found, { shock: id, size: Number(size) });
  }

  /** Sizes of a shock, as multiples, that move every score by whole points. */
  function stepsOf({ moves }) {
    const gcd = (a, b) => (b ? gcd(b, a % b) : a);
    const common = Object.values(moves).reduce((g, by) => gcd(g, Math.abs(by)), 0) || 1;
    return Array.from({ length: 3 * common + 1 }, (_, i) => i / common);
  }

  return {
    get now() { return now; }, MOST_PINS, WIDEST, low, high, levels, criteria, byId, known, runRule, rulesByLabel,
    copy, clamp, settled, start, belief, solve, ruleMoved, shockOn, sdMoved, moved, ownSd, shownSd, asHash, fromHash, stepsOf,
  };
})();
