// Rules: which changes have a meaning, what a change of form takes along, and the controls for all of it.

const RULE_KEYS = ["form", "reading", "zero", "tie", "veto", "cuts", "split", "bands"];

const Rules = (() => {
  const { problem, rules, rule: runRule } = Data;
  const inside = problem.inside, n = problem.tiers.length, outside = n - inside;
  const roles = problem.criteria.map((c) => c.role);
  const low = problem.levels[0], high = problem.levels[problem.levels.length - 1];
  const stored = [runRule, ...rules.map((one) => one.rule)];
  const copy = (value) => JSON.parse(JSON.stringify(value));

  const FORMS = { difference: "Difference: C − counterweight", ratio: "Ratio: C / counterweight", grid: "Grid of bands", lexicographic: "Bands of C first, then of the counterweight" };
  const READINGS = { footnote: "Only where C is positive (the footnote)", text: "Everywhere (the text)" };
  const ZEROS = { outside: "Outside", inside: "Inside" };
  const TIES = { smaller: "To the smaller tier number", larger: "To the larger tier number" };
  const SPLITS = { composite: "By C", balance: "By C − counterweight", first: `By ${firstAgainst()}`, any: "By any one score against" };

  function firstAgainst() {
    return problem.criteria.find((c) => c.role === "against")?.label ?? "the first score against";
  }

  const finite = (x) => typeof x === "number" && Number.isFinite(x) && Math.abs(x) <= 10000;
  /** A number as a saved experiment can say it: a fraction of a small denominator as it is, else four decimals. */
  function written(x) {
    for (let q = 1; q <= 200; q++) if (Math.abs(Math.round(x * q) / q - x) < 1e-12) return x;
    return Math.round(1e4 * x) / 1e4;
  }

  const falls = (xs) => xs.every((x, i) => finite(x) && (!i || x < xs[i - 1]));
  const rises = (xs) => xs.every((x, i) => finite(x) && (!i || x > xs[i - 1]));
  const word = (list, key) => typeof key === "string" && Object.hasOwn(list, key);
  const lists = (...found) => found.every(Array.isArray);
  const banded = (form) => form === "grid" || form === "lexicographic";
  const cutsOf = ({ form, reading }) => (banded(form) ? 0 : (reading === "text" ? n : inside) - 1);

  /** Why a rule has no meaning, in words, or "" if it has one (the same limits as mcda.rule's). */
  function flaw(rule) {
    if (!(word(FORMS, rule.form) && word(READINGS, rule.reading) && word(ZEROS, rule.zero) && word(TIES, rule.tie))) return "no such rule";
    if (rule.reading === "text" && rule.form !== "difference") return "the reading everywhere goes with the difference";
    if (!roles.includes("counterweight") && rule.form !== "difference") return "there is no counterweight";
    if (!lists(rule.cuts) || rule.cuts.length !== cutsOf(rule) || !falls(rule.cuts)) return "cuts must fall";
    if (banded(rule.form) !== (rule.bands !== null)) return "bands go with the forms that have them";
    if (rule.bands && !fineBands(rule.bands)) return "bounds of C must fall, ends of the counterweight rise";
    if (rule.veto !== null && !(finite(rule.veto) && rule.veto > low && rule.veto <= high)) return "a veto lies on the scale";
    if (rule.split !== null && !fineSplit(rule.split) && !stored.some((one) => JSON.stringify(one.split) === JSON.stringify(rule.split))) return "no such split";
    return rule.reading === "text" || outside < 2 || fineSplit(rule.split) ? "" : "the outside tiers need a split";
  }

  function fineBands({ composite, counterweight, table }) {
    if (!lists(composite, counterweight, table) || !lists(...table)) return false;
    const whole = table.length === composite.length + 1 && table.every((row) => row.length === counterweight.length + 1);
    return whole && falls(composite) && rises(counterweight) && table.flat().every((t) => Number.isInteger(t) && t >= 1 && t <= inside);
  }

  function fineSplit(split) {
    if (!split || !word(SPLITS, split.by) || !lists(split.cuts) || split.cuts.length !== outside - 1) return false;
    if (split.by === "any" && outside !== 2) return false;
    if (["any", "first"].includes(split.by) && !roles.includes("against")) return false;
    return split.by === "first" ? rises(split.cuts) : falls(split.cuts);
  }

  /** The range of a statistic on the scale: C, or C minus the counterweight, or their ratio. */
  function rangeOf(kind) {
    const sign = { against: -1, for: 1, counterweight: kind === "balance" ? -1 : 0 };
    const ends = roles.map((role) => [sign[role] * low, sign[role] * high]);
    const [least, most] = [Math.min, Math.max].map((pick) => ends.reduce((sum, pair) => sum + pick(...pair), 0));
    return kind === "ratio" ? [0, Math.max(5, Math.ceil(most / 4))] : [least, most];
  }

  /** The rule with another form or reading: numbers come from the run's own rule of that kind, else they are even. */
  function changed(rule, change) {
    const next = { ...copy(rule), ...change };
    if (change.form && change.form !== "difference") next.reading = "footnote";
    if (change.reading === "text") next.form = "difference";
    const like = [rule, ...stored].find((one) => one.form === next.form && one.reading === next.reading);
    next.cuts = like ? copy(like.cuts) : even(cutsOf(next), next.form === "ratio" ? "ratio" : "balance");
    next.bands = banded(next.form) ? copy(like.bands) : null;
    return next;
  }

  /** The rule with its outside tiers told apart in another way. */
  function split(rule, by) {
    const like = stored.find((one) => one.split?.by === by);
    const own = by === "first" || by === "any" ? even(outside - 1, "score").reverse() : even(outside - 1, by);
    return { ...copy(rule), split: like ? copy(like.split) : { by, cuts: own } };
  }

  function even(count, kind) {
    const [a, b] = kind === "score" ? [low, high] : rangeOf(kind);
    return Array.from({ length: count }, (_, i) => Math.round(2 * (b - ((i + 1) * (b - a)) / (count + 1))) / 2);
  }

  /** Forms that can be chosen: banded ones only where the run has such a table. */
  const forms = () => Object.keys(FORMS).filter((form) =>
    form === "difference" || (roles.includes("counterweight") && (form === "ratio" || stored.some((one) => one.form === form))));

  /** Everything with a slider: {key, i, name, value, min, max, step}. */
  function sliders(rule) {
    const statistic = rule.form === "ratio" ? "ratio" : "balance";
    const names = problem.tiers.map((tier) => tier.label);
    const found = rule.cuts.map((value, i) => slider(["cuts", i], `Cut between ${names[i]} and ${names[i + 1]}`, value, rangeOf(statistic), rule.form === "ratio" ? 0.05 : 0.5));
    if (rule.bands) {
      rule.bands.composite.forEach((value, i) => found.push(slider(["bands", "composite", i], `Lower bound ${i + 1} of C`, value, rangeOf("composite"), 0.5)));
      rule.bands.counterweight.forEach((value, i) => found.push(slider(["bands", "counterweight", i], `Upper end ${i + 1} of the counterweight`, value, [low, high], 0.5)));
    }
    if (rule.reading === "footnote" && rule.split && outside > 1) {
      const range = ["first", "any"].includes(rule.split.by) ? [low, high] : rangeOf(rule.split.by);
      rule.split.cuts.forEach((value, i) => found.push(slider(["split", "cuts", i], `Cut between ${names[inside + i]} and ${names[inside + i + 1]}`, value, range, 0.5)));
    }
    if (rule.veto !== null) found.push(slider(["veto"], "Veto: a score against at or above this is outside", rule.veto, [low + 1, high], 1));
    return found;
  }

  const slider = (path, name, value, [min, max], step) => ({ path, name, value, min: Math.min(min, value), max: Math.max(max, value), step });

  /** The rule with one number put; null if it would have no meaning then. */
  function put(rule, path, value) {
    const next = copy(rule);
    const last = path[path.length - 1];
    path.slice(0, -1).reduce((at, key) => at[key], next)[last] = value;
    return flaw(next) === "" ? next : null;
  }

  const choices = (rule) => [
    ["form", "How C meets the counterweight", FORMS, forms()],
    ["reading", "Where the counterweight acts", READINGS, roles.includes("counterweight") ? Object.keys(READINGS) : []],
    ["zero", "C = 0 goes", ZEROS, rule.reading === "footnote" ? Object.keys(ZEROS) : []],
    ["tie", "A value on a cut goes", TIES, Object.keys(TIES)],
    ["veto", "Veto", { none: "None", one: "One score is enough" }, roles.includes("against") ? ["none", "one"] : []],
    ["split", "Outside tiers are told apart", SPLITS, rule.reading === "footnote" && outside > 1 ? Object.keys(SPLITS).filter((by) => by !== "any" || outside === 2) : []],
  ];

  /** What a choice is now. */
  const chosen = (rule, key) => ({ veto: rule.veto === null ? "none" : "one", split: rule.split?.by })[key] ?? rule[key];

  /** The rule after a choice. */
  function choose(rule, key, value) {
    if (key === "veto") return { ...copy(rule), veto: value === "none" ? null : Math.round(low + 0.8 * (high - low)) };
    if (key === "split") return split(rule, value);
    return key === "form" || key === "reading" ? changed(rule, { [key]: value }) : { ...copy(rule), [key]: value };
  }

  return { flaw, written, sliders, put, choices, chosen, choose };
})();
