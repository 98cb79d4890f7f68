// What can be taken along: an experiment that `mcda run` accepts, the charts as a PNG, the numbers as CSV, the address.

const Export = (() => {
  const { saving, problem, run, shocks } = Data;
  const quoted = (text) => JSON.stringify(String(text)).replace(/[\u007f-\u009f\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const exact = (x) => String(Number(x.toFixed(4)));

  /** A number of a rule: a fraction where four decimals don't say it, as the files take it. */
  function cutText(x) {
    for (let q = 1; q <= 200; q++) {
      const p = Math.round(x * q);
      if (Math.abs(p / q - x) < 1e-12) return q === 1 ? String(p) : Number.isInteger((1e4 * p) / q) ? String(p / q) : `"${p}/${q}"`;
    }
    return exact(x);
  }
  const cutList = (xs) => `[${xs.map(cutText).join(", ")}]`;

  /** Why what is shown can't be said as an experiment, or "". */
  function hindrance() {
    const id = State.now.measure, edited = Boolean(State.now.edits[id]);
    if (View.trouble) return "What is set can't be computed, so there is nothing to save.";
    if (!saving.problem) return "This run's folder has no copy of its problem, which an experiment must name.";
    if (edited) return "";
    if (!run.published) return saving.panel || saving.cells.length ? "" : "This run's folder has no copy of its panel. Move a score, and the experiment brings its own.";
    const moves = [State.ruleMoved(), State.shockOn()].filter(Boolean).length;
    if (moves && State.shownSd(id) > 0) return "An experiment asks for a second panel, another rule or a shock one at a time. Put the second panel's error to 0, or the rule and the shock back.";
    return moves > 1 ? "An experiment asks for another rule or a shock one at a time, of scores that fit a printed tier. Put one of them back." : "";
  }

  /** A name for the rule that is set, which neither the run's rule nor another of its rules has. */
  const ruleName = () => ["explored", "explored-2", "explored-3"].find((name) => name !== saving.rule && !State.rulesByLabel.has(name)) ?? "explored-4";

  function ruleLines(name, rule, about) {
    const lines = [`  ${quoted(name)}:`, `    about: ${quoted(about)}`, `    form: ${rule.form}`, `    reading: ${rule.reading}`, `    zero: ${rule.zero}`, `    tie: ${rule.tie}`];
    if (!rule.bands) lines.push(`    cuts: ${cutList(rule.cuts)}`);
    if (rule.split) lines.push(`    outside_split: {by: ${rule.split.by}, cuts: ${cutList(rule.split.cuts)}}`);
    if (rule.veto !== null) lines.push(`    veto: ${cutText(rule.veto)}`);
    if (rule.bands) lines.push(`    bands: {composite: ${cutList(rule.bands.composite)}, counterweight: ${cutList(rule.bands.counterweight)}, table: ${JSON.stringify(rule.bands.table)}}`);
    const weights = problem.criteria.map(({ id }, k) => `${quoted(id)}: ${cutText(rule.weights[k]).replace(/"(.*)"/, (_, f) => String(fractionOf(f)))}`);
    if (rule.weights.some((w) => w !== 1)) lines.push(`    weights: {${weights.join(", ")}}`);
    return [...lines, "    basis: lever"];
  }

  const fractionOf = (text) => text.split("/").map(Number).reduce((p, q) => p / q);

  /** The rules that the experiment brings: the one that is set, and the run's where it is none of the problem's. */
  function rulesLines(other) {
    const moved = State.ruleMoved(), lines = [];
    if (saving.own_rule && (other || !moved)) lines.push(...ruleLines(saving.rule, State.runRule, "The rule of the explored run's own."));
    if (moved) lines.push(...ruleLines(ruleName(), State.now.rule, "Set in the explorer."));
    return lines.length ? ["rules:", ...lines] : [];
  }

  const cellLine = ({ expert, alternative, criterion, score, spread }) =>
    `  - {expert: ${quoted(expert)}, alternative: ${quoted(alternative)}, criterion: ${quoted(criterion)}, score: ${score}${spread === null ? "" : `, spread: ${spread}`}, basis: lever}`;

  /** The run's own panel, with the cells that the run put in place of its scores. */
  function panelLines() {
    const file = saving.panel ? `panel: ${quoted(saving.panel)}, ` : "", experts = saving.experts === "as-they-are" ? "" : `experts: ${saving.experts}, `;
    const line = `beliefs: {kind: panel, ${file}pool: ${saving.pool}, ${experts}family: ${saving.family}, spread: ${saving.spread}, illustrative: ${run.illustrative}, basis: lever}`;
    return [line, ...(saving.cells.length ? ["override_cells:", ...saving.cells.map(cellLine)] : [])];
  }

  function beliefLines(id) {
    const edit = State.now.edits[id];
    if (!edit && run.published) return [`beliefs: {kind: published-tiers, prior: ${quoted(saving.prior)}}`, `second_panel: {reference_sd: ${State.shownSd(id)}, ends: ${saving.ends}, basis: lever}`];
    if (!edit) return panelLines();
    const base = State.byId.get(id).law === "beta-binomial" ? "beta-binomial" : "triangular";
    const cells = problem.criteria.map(({ id: c }, k) =>
      `  - {expert: explorer, alternative: ${quoted(id)}, criterion: ${quoted(c)}, score: ${exact(State.settled(edit.scores[k], edit.spreads[k]))}, spread: ${exact(edit.spreads[k])}, basis: lever}`);
    return [`beliefs: {kind: panel, pool: panel-mean, family: ${base}, spread: 0, illustrative: true, basis: lever, note: "Scores set in the explorer; nobody's judgement."}`, "override_cells:", ...cells];
  }

  function shockLines() {
    const { moves, label } = shocks.find(({ id }) => id === State.now.shock);
    const by = Object.entries(moves).map(([c, size]) => `${quoted(c)}: ${Math.round(size * State.now.size)}`);
    return ["shocks:", `  - {name: explored, label: ${quoted(Charts.cut(label, 200))}, moves: {${by.join(", ")}}, basis: lever}`];
  }

  /** The groups of the results in which the shown numbers will stand. */
  function analyses(id) {
    const other = run.published && !State.now.edits[id];
    const found = ["tiers", "sensitivity", "flips"];
    if (other && State.ruleMoved()) found.push("other-rules");
    if (State.shockOn()) found.push("shocks");
    return found;
  }

  /** The file. */
  function experiment() {
    const id = State.now.measure, other = run.published && !State.now.edits[id], lines = [];
    const where = State.shockOn() ? "/shocks/acceptability" : other && State.ruleMoved() ? `/other_rules/acceptability, rule ${ruleName()}` : "/tiers/acceptability";
    lines.push(`# ${`What the explorer of ${run.experiment} showed of ${id}.`.replace(/[^\x20-\x7e]/g, " ")}`);
    lines.push(`# The shown tier probabilities are ${where} of the run.`);
    if (saving.here) lines.push("# Paths are those of the run's folder: put this file there.");
    lines.push("format: mcda-experiment-1", "id: explored", `question: ${quoted(Charts.cut(View.sentence(id), 1500))}`, `problem: ${quoted(saving.problem)}`);
    lines.push(...rulesLines(other));
    lines.push(`rule: ${quoted(State.ruleMoved() && !other ? ruleName() : saving.rule)}`);
    if (other && State.ruleMoved()) lines.push(`other_rules: [${ruleName()}]`);
    lines.push(...beliefLines(id));
    if (State.shockOn()) lines.push(...shockLines());
    lines.push(`analyses: [${analyses(id).join(", ")}]`);
    return `${lines.join("\n")}\n`;
  }

  // -- numbers and charts --------------------------------------------------------------------------------------------------

  /** A field of a CSV file: quoted where need be, and no spreadsheet takes it for a formula. */
  function field(value) {
    const text = typeof value === "string" && /^[\s]*[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? "");
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  function numbers() {
    const rows = [["alternative", "label", "premise", "quantity", "output", "criterion", "score", "tier", "value"]];
    for (const id of View.shownIds()) {
      const found = View.solved[id], lead = [id, View.measureOf(id).label, View.premise(id)];
      found.tiers.forEach((p, t) => rows.push([...lead, "acceptability", "", "", "", problem.tiers[t].number, p]));
      for (const [what, table] of [["first_order", found.first], ["total_order", found.total], ["shapley", found.shapley]]) {
        found.outputs.forEach((output, o) => problem.criteria.forEach((c, k) => rows.push([...lead, what, output, c.id, "", "", table[o]?.[k]])));
      }
      problem.criteria.forEach((c, k) => View.axis(found.response[k]).forEach((x, i) => found.response[k][i]?.forEach((p, t) => rows.push([...lead, "response", "", c.id, x, problem.tiers[t].number, p]))));
      for (const norm of ["l1", "linf", "single"]) if (found.flip) rows.push([...lead, `flip_distance_${norm}`, "", "", "", "", found.flip[norm]]);
    }
    return `\uFEFF${rows.map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;
  }

  /** All shown charts on one white sheet. */
  function sheet() {
    const width = 900, colours = Charts.LIGHT, root = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, "font-family": "Segoe UI, Helvetica Neue, Arial, Liberation Sans, sans-serif" });
    let y = 16;
    const put = (chart, x = 20) => {
      chart.setAttribute("x", x);
      chart.setAttribute("y", y);
      root.append(chart);
      y += Number(chart.getAttribute("height")) + 10;
    };
    const say = (text, size = 13, weight = 400) => {
      for (const line of broken(text, Math.floor(1700 / size))) {
        y += size + 4;
        root.append(svg("text", { x: 20, y, "font-size": size, "font-weight": weight, fill: colours.ink }, line));
      }
      y += 6;
    };
    if (run.illustrative) say("ILLUSTRATIVE: synthetic scores, not anybody's judgement; no findings", 15, 700);
    for (const id of View.shownIds()) {
      say(View.sentence(id), 13, 600);
      put(Charts.tierBars(View.solved[id].tiers, 860, { name: "", colours }));
    }
    const found = View.solved[State.now.measure], output = document.getElementById("output").value, o = found.outputs.indexOf(output);
    if (found.total[o]?.every(Number.isFinite)) {
      say(`Indices of ${View.outputLabel(output)} (wide: total order; line: first order; narrow, and the figure: Shapley effect)`, 13, 600);
      put(Charts.indexBars(problem.criteria.map((c) => c.label), { first: found.first[o], total: found.total[o], shapley: found.shapley[o] }, 860, "", colours));
    }
    say("Tier probabilities, given one score", 13, 600);
    put(Charts.tierKey(860, colours));
    problem.criteria.forEach(({ label }, k) => {
      say(label, 12);
      put(Charts.stacked(View.axis(found.response[k]), found.response[k], problem.tiers.map((_, t) => Charts.tierLook(t)), 860, 110, "", { colours, labels: State.levels }));
    });
    if (Timeline.on) {
      say(Timeline.sentence(), 13, 600);
      put(Timeline.key(860, colours));
      put(Timeline.chart(860, colours));
    }
    say(document.getElementById("identity").textContent, 11);
    root.setAttribute("height", y + 12);
    root.prepend(svg("rect", { width, height: y + 12, fill: colours.paper }));
    return root;
  }

  function broken(text, most) {
    const lines = [""];
    for (const word of text.split(/\s+/).flatMap((one) => one.match(new RegExp(`.{1,${most}}`, "gu")) ?? [])) {
      if (lines.at(-1).length + word.length + 1 > most) lines.push(word);
      else lines.push(`${lines.pop()} ${word}`.trim());
    }
    return lines;
  }

  async function picture() {
    const drawn = sheet(), [width, height] = ["width", "height"].map((side) => Number(drawn.getAttribute(side)));
    const address = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(drawn)], { type: "image/svg+xml" }));
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = el("canvas", { width: 2 * width, height: 2 * height });
    canvas.getContext("2d").drawImage(image, 0, 0, 2 * width, 2 * height);
    URL.revokeObjectURL(address);
    return new Promise((done) => { canvas.toBlob(done, "image/png"); });
  }

  function download(name, content, type) {
    const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    const link = el("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    say(`${name} was handed to your browser to be saved.`);
  }

  const say = (text) => { document.getElementById("kept").textContent = text; };

  /** Say whether what is shown can be saved as an experiment, and what it covers. */
  function state() {
    const why = hindrance(), button = document.getElementById("save");
    button.disabled = why !== "";
    for (const id of ["png", "csv"]) document.getElementById(id).disabled = View.trouble;
    const place = saving.here ? " Put it into the run's folder, whose files it names." : "";
    document.getElementById("saving").textContent = why || `The experiment holds what is shown of the chosen ${problem.noun}, not of those pinned: mcda run explored.yaml.${place}`;
  }

  async function copied() {
    try {
      await navigator.clipboard.writeText(window.location.href);
      say("The address, with all that is set here, is copied.");
    } catch {
      say("The address bar has the link: all that is set here stands in it.");
    }
  }

  function start() {
    const on = (id, act) => document.getElementById(id).addEventListener("click", act);
    on("save", () => download("explored.yaml", experiment(), "application/yaml"));
    on("csv", () => download("explored.csv", numbers(), "text/csv;charset=utf-8"));
    on("png", async () => download("explored.png", await picture(), "image/png"));
    on("link", copied);
  }

  return { start, state, experiment, numbers, sheet };
})();
