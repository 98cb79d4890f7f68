// What is shown: controls that change the state, and the answers that follow it.

const at = (id) => document.getElementById(id);

const View = (() => {
  const { problem, run, beliefs, shocks } = Data;
  const criteria = problem.criteria, noun = problem.noun;
  const now = () => State.now;
  const measureOf = (id) => State.known.get(id);
  const tierWord = (tier) => problem.tiers[tier - 1].label;
  let waiting = null, saying = null, solved = {}, trouble = false;

  // -- picking -----------------------------------------------------------------------------------------------------------

  function optionText({ label, article, sector, published_tier: tier }) {
    return [label, article, sector, tier === null ? "no printed tier" : `printed: ${tierWord(tier)}`].filter(Boolean).join(" · ");
  }

  /** Fill the list with what fits the search; the chosen one stays in it. */
  function list() {
    const wanted = at("search").value.trim().toLowerCase();
    const fits = problem.alternatives.filter((one) => State.byId.has(one.id) && `${one.id} ${optionText(one)}`.toLowerCase().includes(wanted));
    const shown = fits.some(({ id }) => id === now().measure) ? fits : [measureOf(now().measure), ...fits];
    at("measures").replaceChildren(...shown.map((one) =>
      el("option", { value: one.id, textContent: Charts.cut(optionText(one), 160), title: one.label, selected: one.id === now().measure })));
    at("measures").value = now().measure;
    at("found").textContent = wanted ? `${fits.length} of ${beliefs.length} fit the search.` : `${beliefs.length} in all.`;
  }

  function pick(id) {
    now().measure = id;
    scoreControls();
    refresh();
  }

  // -- one slider ----------------------------------------------------------------------------------------------------------

  /** A labelled slider with its value beside it; `move(value)` returns what was taken. */
  function slider(id, name, { value, min, max, step, unit = "" }, move) {
    const said = (x) => `${number(x)}${unit ? ` ${unit}${x === 1 ? "" : "s"}` : ""}`;
    const shown = el("output", { textContent: said(value) });
    const input = el("input", { type: "range", id, min: String(min), max: String(max), step: String(step), value: String(value) });
    input.setAttribute("aria-valuetext", said(value));
    input.addEventListener("input", () => {
      const taken = move(Number(input.value));
      input.value = String(taken);
      shown.textContent = said(taken);
      input.setAttribute("aria-valuetext", said(taken));
    });
    shown.setAttribute("for", id);
    return el("div", { className: "field" }, el("label", { htmlFor: id, textContent: name }), shown, input);
  }

  function choice(id, name, words, keys, value, choose) {
    const input = el("select", { id }, ...keys.map((key) => el("option", { value: key, textContent: words[key] ?? key })));
    input.value = value;
    input.addEventListener("change", () => choose(input.value));
    return el("div", { className: "field choice" }, el("label", { htmlFor: id, textContent: name }), input);
  }

  // -- scores --------------------------------------------------------------------------------------------------------------

  function scoreControls() {
    const id = now().measure, edit = now().edits[id] ?? State.start(id);
    at("sliders").replaceChildren(...criteria.map(({ id: c, label, role }, k) => el("div", { className: "row", role: "group", "aria-label": label },
      el("span", { className: "name", textContent: `${label} (${{ against: "against", for: "for", counterweight: "counterweight" }[role]})` }),
      slider(`score-${k}`, `${c}: score`, { value: edit.scores[k], min: State.low, max: State.high, step: 0.1 }, (x) => moveScore(id, k, "scores", x)),
      slider(`spread-${k}`, `${c}: spread`, { value: edit.spreads[k], min: 0, max: State.WIDEST, step: 0.25 }, (x) => moveScore(id, k, "spreads", x)))));
    at("scores-note").textContent = scoresNote(id);
    const sd = State.shownSd(id);
    at("sd-row").replaceChildren(...(sd === null ? [] : [slider("sd", "A second panel's error (standard deviation of each score)", { value: sd, min: 0, max: 3, step: 0.25, unit: "point" }, moveSd)]));
  }

  function scoresNote(id) {
    if (!run.published) return "They start from the panel's mean scores, rounded to a tenth. Moving one leaves the panel's own answer, and asks about a single set of scores, each with its spread (half the width of its law).";
    const start = measureOf(id).published_tier === null ? "from the middle of the scale" : `from the most even scores that the rule sorts into ${tierWord(measureOf(id).published_tier)}`;
    return `The paper prints no scores. These sliders start ${start}; they are nobody's judgement. Moving one leaves what the paper says, and asks what if experts had scored it so, each score with its spread (half the width of its law).`;
  }

  function moveScore(id, k, what, value) {
    const edit = (now().edits[id] ??= State.start(id));
    edit[what][k] = value;
    const score = State.settled(edit.scores[k], edit.spreads[k]);
    if (score !== edit.scores[k]) {
      edit.scores[k] = score;
      const input = at(`score-${k}`);
      input.value = String(score);
      input.setAttribute("aria-valuetext", number(score));
      input.parentElement.querySelector("output").textContent = number(score);
    }
    refresh();
    return edit[what][k];
  }

  function moveSd(value) {
    now().sd = value;
    refresh();
    return value;
  }

  // -- the rule and the shock --------------------------------------------------------------------------------------------------

  function ruleControls() {
    const labels = [...State.rulesByLabel.keys()], { rule } = now();
    const named = choice("base", "A named rule", {}, labels, now().base, (label) => {
      now().base = label;
      setRule(State.copy(State.rulesByLabel.get(label)));
    });
    const open = Rules.choices(rule).filter(([, , , keys]) => keys.length > 1).map(([key, name, words, keys]) =>
      choice(`rule-${key}`, name, words, keys, Rules.chosen(rule, key), (value) => setRule(Rules.choose(now().rule, key, value), `rule-${key}`)));
    const sliders = Rules.sliders(rule).map(({ path, name, ...range }) => slider(`rule-${path.join("-")}`, name, range, (x) => moveRule(path, x)));
    at("rule-controls").replaceChildren(named, ...open, ...sliders);
  }

  function setRule(rule, focus = "base") {
    now().rule = rule;
    ruleControls();
    at(focus)?.focus();
    refresh();
  }

  /** Move one number of the rule; it stops where the next cut is. */
  function moveRule(path, value) {
    const next = Rules.put(now().rule, path, value);
    if (next) now().rule = next;
    refresh();
    return path.reduce((from, key) => from[key], now().rule);
  }

  function shockControls() {
    const names = { none: "None", ...Object.fromEntries(shocks.map(({ id, label }) => [id, label])) };
    const picked = choice("shock-name", "What happens", names, Object.keys(names), now().shock ?? "none", (value) => {
      Object.assign(now(), { shock: value === "none" ? null : value, size: 1 });
      shockControls();
      at("shock-name").focus();
      refresh();
    });
    const shock = shocks.find(({ id }) => id === now().shock);
    const sizes = shock && State.stepsOf(shock);
    const size = shock && slider("shock-size", "Size, as a multiple", { value: now().size, min: 0, max: sizes[sizes.length - 1], step: sizes[1] }, (x) => {
      now().size = sizes.reduce((best, one) => (Math.abs(one - x) < Math.abs(best - x) ? one : best));
      refresh();
      return now().size;
    });
    at("shock-controls").replaceChildren(picked, ...(size ? [size] : []));
    at("shock").hidden = shocks.length === 0;
  }

  // -- answers -------------------------------------------------------------------------------------------------------------------

  /** Recompute and redraw what is shown, once for a frame. */
  function refresh() {
    if (waiting !== null) return;
    waiting = requestAnimationFrame(() => {
      waiting = null;
      draw();
    });
  }

  function draw() {
    const { measure, pins } = now();
    try {
      solved = Object.fromEntries([measure, ...pins].map((id) => [id, State.solve(id)]));
      trouble = false;
      at("trouble").hidden = true;
    } catch (reason) {
      at("trouble").textContent = `This can't be computed: ${reason.message}. The charts still show what was asked before.`;
      at("trouble").hidden = false;
      trouble = true;
      Export.state();
      return;
    }
    answer(measure);
    cards();
    indices(measure);
    responses(measure);
    flips();
    Timeline.draw();
    Export.state();
    history.replaceState(null, "", `#${State.asHash()}`);
  }

  const inside = (p) => p.slice(0, problem.inside).reduce((a, b) => a + b, 0);

  /** The assumption under which a measure's numbers hold, to open a sentence. */
  function premise(id) {
    const parts = [];
    if (now().edits[id]) parts.push("what if experts had scored it so");
    else if (!run.published) parts.push(run.illustrative ? "by the synthetic panel" : "by the panel's scores");
    else if (State.shownSd(id) > 0) parts.push(`if a second panel scored again, each score off by about ${number(State.shownSd(id))} point${State.shownSd(id) === 1 ? "" : "s"}`);
    else parts.push("of all scores that fit the printed tier");
    if (State.ruleMoved()) parts.push("sorted by the rule set here");
    if (State.shockOn()) parts.push("after the shock");
    return parts.join(", ");
  }

  function sentence(id) {
    const p = solved[id].tiers, order = p.map((_, t) => t).sort((a, b) => p[b] - p[a]);
    const [first, second] = order, name = Charts.cut(measureOf(id).label, 120);
    const rest = p[second] > 0 ? `, ${Charts.tierName(second)} with ${percent(p[second])}` : ", and nothing else";
    const roadmap = problem.inside > 0 && problem.inside < p.length ? ` Among the first ${problem.inside} tiers: ${percent(inside(p))}.` : "";
    return `${name}, ${premise(id)}: ${Charts.tierName(first)} with probability ${percent(p[first])}${rest}.${roadmap}${circular(id)}`;
  }

  /** Where a number is true by construction, say so. */
  function circular(id) {
    const same = run.published && !now().edits[id] && State.shownSd(id) === 0 && !State.ruleMoved() && !State.shockOn();
    return same ? " True by construction: these scores were chosen by that tier. Move the second panel's error, the rule or a shock to learn something." : "";
  }

  function answer(id) {
    const { tiers } = solved[id], words = sentence(id);
    at("strip").replaceChildren(Charts.strip(tiers, at("strip").clientWidth || 320, words));
    at("summary").textContent = words;
    at("summary").classList.toggle("what-if", Boolean(now().edits[id]));
    clearTimeout(saying);
    saying = setTimeout(() => { at("live").textContent = words; }, 500);
    const pinned = now().pins.includes(id);
    at("pin").textContent = pinned ? "Unpin" : "Pin to compare";
    at("pin").setAttribute("aria-pressed", String(pinned));
    at("pin").disabled = !pinned && now().pins.length >= State.MOST_PINS;
    at("sd-row").hidden = Boolean(now().edits[id]);
    at("back").hidden = ![id, ...now().pins].some(State.moved);
    at("back").textContent = run.published ? "Back to what the paper says" : "Back to what the run says";
  }

  /** Undo all that was moved; what is chosen and pinned stays. */
  function back() {
    Object.assign(now(), { edits: {}, base: State.runRule.label, rule: State.copy(State.runRule), sd: null, shock: null, size: 1 });
    controls();
    at("answer-heading").focus();
    refresh();
  }

  function togglePin(id) {
    const { pins } = now();
    now().pins = pins.includes(id) ? pins.filter((one) => one !== id) : [...pins, id].slice(0, State.MOST_PINS);
    refresh();
  }

  const shownIds = () => [...new Set([now().measure, ...now().pins])];
  const storedOf = (id) => Data.stored.acceptability?.[beliefs.findIndex((one) => one.alternative === id)] ?? null;

  function cards() {
    at("cards").replaceChildren(...shownIds().map((id) => card(id)));
    for (const id of shownIds()) {
      const place = at("cards").querySelector(`[data-id="${CSS.escape(id)}"] .plate`);
      place.append(Charts.tierBars(solved[id].tiers, place.clientWidth || 280, { stored: storedOf(id), name: `Tier probabilities. ${sentence(id)}` }));
    }
  }

  function card(id) {
    const one = measureOf(id), { tiers, entropy } = solved[id], stored = storedOf(id);
    const head = [el("h3", { textContent: Charts.cut(one.label, 300), dir: "auto" })];
    if (now().pins.includes(id)) {
      const unpin = el("button", { type: "button", className: "plain", textContent: "Unpin", "aria-label": `Unpin ${Charts.cut(one.label, 80)}` });
      unpin.addEventListener("click", () => { togglePin(id); at("pin").focus(); });
      head.push(unpin);
    }
    const made = el("div", { className: `card${id === now().measure ? " chosen" : ""}`, "data-id": id },
      el("header", {}, ...head),
      el("p", { className: "quiet", textContent: optionText({ ...one, label: "" }) }),
      el("p", { className: now().edits[id] ? "quiet what-if" : "quiet", textContent: `${premise(id).replace(/^./, (c) => c.toUpperCase())}. Entropy ${number(entropy)} bits.` }),
      el("div", { className: "plate" }),
      ...(stored ? [el("p", { className: "quiet", textContent: ["Dashed: as the run has it.", Data.stored.note].filter(Boolean).join(" ") })] : []),
      tableOf(`Tier probabilities of ${Charts.cut(one.label, 120)}`, ["Tier", "Here", ...(stored ? ["In the run"] : [])],
        tiers.map((p, t) => [Charts.tierName(t), p.toFixed(4), ...(stored ? [stored[t].toFixed(4)] : [])])));
    return made;
  }

  // -- indices, response, flips ------------------------------------------------------------------------------------------------------

  const OUTPUTS = { composite: "the composite C", balance: "the balance", "tier number": "the tier's number", ordinal: "the tier, as steps in order", "one-hot": "the tier, as a name", information: "the tier, in bits" };

  function outputLabel(name) {
    const [, sign, tier] = /^tier (=|<=) (\d+)$/.exec(name) ?? [];
    if (!sign) return OUTPUTS[name] ?? name;
    return sign === "=" ? `being in ${tierWord(Number(tier))}` : `being in ${tierWord(Number(tier))} or a smaller number`;
  }

  function indices(id) {
    const { outputs, first, total, shapley } = solved[id];
    const output = outputs.includes(now().output) ? now().output : outputs.includes("ordinal") ? "ordinal" : outputs[0];
    const select = at("output");
    if (select.options.length !== outputs.length) select.replaceChildren(...outputs.map((name) => el("option", { value: name, textContent: outputLabel(name) })));
    select.value = output;
    const o = outputs.indexOf(output), values = { first: first[o], total: total[o], shapley: shapley[o] };
    const known = values.total?.every((x) => Number.isFinite(x));
    if (!known) {
      at("indices").replaceChildren(el("p", { textContent: "There is no variance to share out: with these scores and this rule it is certain." }));
      return;
    }
    at("indices").replaceChildren(
      Charts.indexBars(criteria.map((c) => c.label), values, at("indices").clientWidth || 320, `Indices of ${outputLabel(output)}, by criterion; the table below has the numbers`),
      tableOf(`Indices of ${outputLabel(output)}`, ["Criterion", "First order", "Total order", "Shapley"],
        criteria.map(({ label }, k) => [label, ...["first", "total", "shapley"].map((what) => values[what][k].toFixed(4))])));
  }

  /** Points on the axis of a response: the belief's own lattice. */
  const axis = (rows) => rows.map((_, i) => State.low + (i * (State.high - State.low)) / (rows.length - 1));

  function responses(id) {
    const { response } = solved[id];
    const whole = State.levels.length > 11 ? null : State.levels;
    const figures = criteria.map(({ label }, k) => el("figure", {}, el("figcaption", { textContent: label })));
    const box = el("div", { className: "small-charts" }, ...figures), key = el("div");
    at("response").replaceChildren(key, box);
    key.append(Charts.tierKey(key.clientWidth || 320));
    figures.forEach((figure, k) => figure.append(Charts.stacked(axis(response[k]), response[k], problem.tiers.map((_, t) => Charts.tierLook(t)), figure.clientWidth || 200, 110, `Tier probabilities by the score of ${criteria[k].label}; the table below has the numbers`, { labels: whole })));
    const rows = criteria.flatMap(({ label }, k) => axis(response[k]).map((x, i) => [x, response[k][i], label]).filter(([x, p]) => p && Number.isInteger(x)).map(([x, p, name]) => [`${name}, score ${x}`, ...p.map((share) => share.toFixed(3))]));
    at("response").append(tableOf("Tier probabilities given one score, at whole scores that can be", ["Given", ...problem.tiers.map((tier) => tier.label)], rows));
  }

  const NORMS = [["single", "Moving one score alone"], ["linf", "All scores together, the largest move"], ["l1", "All scores together, moves added up"]];

  function flips() {
    const shown = shownIds().filter((id) => solved[id].flip);
    if (!shown.length) {
      at("flips").replaceChildren(el("p", { textContent: run.published ? "The paper prints no scores to measure from. Move a score, and the distance from these scores is shown here." : "This run has no point scores to measure from." }));
      return;
    }
    const distance = (x) => (Number.isFinite(x) ? number(x) : "none on the scale");
    const toward = ({ reaches }, norm) => reaches[norm].map(tierWord).join(" or ") || "—";
    const rows = NORMS.map(([norm, words]) => [words, ...shown.flatMap((id) => [distance(solved[id].flip[norm]), toward(solved[id].flip, norm)])]);
    const head = shown.flatMap((id) => [`${Charts.cut(measureOf(id).label, 60)}: points`, "leads to"]);
    at("flips").replaceChildren(tableOf("How far these scores must move before the tier changes", ["Way of moving", ...head], rows, { plain: true }));
  }

  // -- all controls --------------------------------------------------------------------------------------------------------------------

  function controls() {
    list();
    scoreControls();
    ruleControls();
    shockControls();
  }

  function start() {
    at("banner").hidden = !run.illustrative;
    at("subtitle").textContent = Charts.cut(problem.title, 300);
    at("question").textContent = Charts.cut(run.question, 600);
    at("identity").textContent = [`Experiment ${run.experiment}`, run.source, run.identity, "Exact, given the assumptions; not a forecast. This file holds all it needs and asks no server."].filter(Boolean).join(" · ");
    at("measures-label").textContent = `The ${problem.noun_plural}`;
    at("search").addEventListener("input", list);
    at("measures").addEventListener("change", () => pick(at("measures").value));
    at("pin").addEventListener("click", () => togglePin(now().measure));
    at("back").addEventListener("click", back);
    at("output").addEventListener("change", () => { now().output = at("output").value; refresh(); });
    controls();
  }

  return { start, controls, refresh, draw, slider, choice, sentence, premise, outputLabel, axis, shownIds, measureOf, get solved() { return solved; }, get trouble() { return trouble; } };
})();
