// Charts as SVG, drawn at the width they are shown at. Tiers and statuses differ by colour, lightness, hatch and label.

const NS = "http://www.w3.org/2000/svg";

/** An HTML element: properties, then children; text only ever becomes text. */
function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made && key !== "list") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** An SVG element. */
function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(NS, tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** A probability in per cent; a digit more near 0 and 1, which are said only where they are reached. */
function percent(p) {
  if (p > 0 && p < 0.001) return "<0.1 %";
  if (p < 1 - 1e-12 && p > 0.999) return ">99.9 %";
  return `${(100 * p).toFixed((p > 0 && p < 0.1) || (p > 0.99 && p < 1 - 1e-12) ? 1 : 0)} %`;
}

const number = (x, digits = 2) => (x === null || x === undefined || Number.isNaN(x) ? "—" : String(Number(x.toFixed(digits))).replace("-", "−"));

const Charts = (() => {
  const { looks, problem } = Data;
  const LIGHT = { ink: "#1b1b1b", quiet: "#4a4a4a", paper: "#ffffff", line: "#8a939b", mark: "#0b3f66", soft: "#c9dcec" };
  const DARK = { ink: "#ececec", quiet: "#c3c7ca", paper: "#16191c", line: "#7d878f", mark: "#9fd0f5", soft: "#31536d" };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let count = 0;

  /** Colours of the page as it is shown; exports are always on white. */
  const theme = (forExport) => (forExport || !dark.matches ? LIGHT : DARK);

  /** An empty chart with a name that a screen reader says, and the means to fill areas. */
  function sheet(width, height, name, colours) {
    const id = `h${(count += 1)}`, defs = svg("defs");
    const root = svg("svg", { xmlns: NS, viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": name, "font-family": "Segoe UI, Helvetica Neue, Arial, Liberation Sans, sans-serif", "font-size": 12 }, defs);
    const fills = new Map();
    const fill = (look) => {
      const { facecolor, pencil, hatch } = look;
      if (!hatch) return facecolor;
      const key = facecolor + hatch;
      if (!fills.has(key)) {
        fills.set(key, `${id}-${fills.size}`);
        defs.append(pattern(fills.get(key), facecolor, pencil, hatch));
      }
      return `url(#${fills.get(key)})`;
    };
    const text = (x, y, words, more = {}) => root.append(svg("text", { x, y, fill: colours.ink, ...more }, words));
    return { root, fill, text, add: (...nodes) => root.append(...nodes) };
  }

  function pattern(id, ground, pencil, hatch) {
    const sign = hatch[0], paths = { "/": "M-2 2L2 -2M0 8L8 0M6 10L10 6", "\\": "M-2 6L2 10M0 0L8 8M6 -2L10 2", x: "M0 0L8 8M0 8L8 0", "-": "M0 4H8", "+": "M0 4H8M4 0V8", "|": "M4 0V8" };
    const dots = sign in paths ? svg("path", { d: paths[sign], stroke: pencil, "stroke-width": 1.3 }) : svg("circle", { cx: 4, cy: 4, r: 1.4, fill: pencil });
    return svg("pattern", { id, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, svg("rect", { width: 8, height: 8, fill: ground }), dots);
  }

  const tierLook = (t) => ({ facecolor: looks.tiers[t].colour, pencil: looks.tiers[t].pencil, hatch: looks.tiers[t].hatch });
  const statusLook = (name) => ({ hatch: "", ...looks.statuses[name], pencil: looks.statuses[name]?.edgecolor ?? "#444444", facecolor: looks.statuses[name]?.facecolor ?? "#cccccc" });
  const tierName = (t) => problem.tiers[t].label;
  const cut = (words, most) => (words.length > most ? `${words.slice(0, most - 1)}…` : words);

  /** One bar for each tier. `stored`, if given, is marked on them: what the run itself said. */
  function tierBars(p, width, { stored = null, name, colours = theme() }) {
    const line = 24, left = 74, right = 56, scale = Math.max(width - left - right, 40);
    const chart = sheet(width, p.length * line + 6, name, colours);
    p.forEach((share, t) => {
      const y = t * line + 3, look = tierLook(t);
      chart.text(0, y + 15, cut(tierName(t), 11));
      chart.add(svg("rect", { x: left, y, width: scale, height: line - 6, fill: "none", stroke: colours.line, "stroke-width": 0.5 }));
      chart.add(svg("rect", { x: left, y, width: Math.max(share * scale, 0), height: line - 6, fill: chart.fill(look), stroke: colours.ink, "stroke-width": share > 0 ? 0.8 : 0 }));
      if (stored) chart.add(svg("path", { d: `M${left + stored[t] * scale} ${y - 3}v${line}`, stroke: colours.ink, "stroke-width": 2, "stroke-dasharray": "3 2" }));
      chart.text(left + scale + 6, y + 15, percent(share), { "font-weight": 600 });
    });
    return chart.root;
  }

  /** One stacked bar of all tiers. */
  function strip(p, width, name, colours = theme()) {
    const height = 22, chart = sheet(width, height, name, colours);
    let x = 0;
    p.forEach((share, t) => {
      const w = share * width;
      if (w > 0) chart.add(svg("rect", { x, y: 0, width: w, height, fill: chart.fill(tierLook(t)), stroke: colours.ink, "stroke-width": 0.8 }));
      if (w > 26) {
        chart.add(svg("rect", { x: x + w / 2 - 9, y: 4, width: 18, height: 14, rx: 3, fill: colours.paper }));
        chart.text(x + w / 2, 15, String(problem.tiers[t].number), { "text-anchor": "middle", "font-weight": 700 });
      }
      x += w;
    });
    return chart.root;
  }

  /** Total order (bar), Shapley effect (narrow bar) and first order (line) of each factor. */
  function indexBars(factors, { first, total, shapley }, width, name, colours = theme()) {
    const narrow = width < 420, line = narrow ? 46 : 30, left = narrow ? 4 : Math.min(190, width * 0.36), scale = width - left - 46;
    const chart = sheet(width, factors.length * line + 18, name, colours);
    const at = (x) => left + Math.min(Math.max(x ?? 0, 0), 1) * scale;
    for (const share of [0, 0.5, 1]) {
      chart.add(svg("path", { d: `M${at(share)} 0V${factors.length * line}`, stroke: colours.line, "stroke-width": 0.5 }));
      chart.text(at(share), factors.length * line + 12, number(share, 1), { "text-anchor": "middle", "font-size": 10 });
    }
    factors.forEach((factor, k) => {
      const y = k * line + (narrow ? 20 : 4);
      chart.text(0, narrow ? y - 6 : y + 14, cut(factor, narrow ? 50 : Math.floor(left / 6.6)));
      chart.add(svg("rect", { x: left, y, width: at(total[k]) - left, height: 20, fill: colours.soft, stroke: colours.mark, "stroke-width": 0.8 }));
      chart.add(svg("rect", { x: left, y: y + 6, width: at(shapley[k]) - left, height: 8, fill: colours.mark }));
      chart.add(svg("path", { d: `M${at(first[k])} ${y - 2}v24`, stroke: colours.ink, "stroke-width": 2.5 }));
      chart.text(width - 40, y + 14, number(shapley[k]), { "font-size": 11 });
    });
    return chart.root;
  }

  /** Stacked columns: `table[i]` the shares at `xs[i]` (null: none), bottom first; `mark` an x with a line. */
  function stacked(xs, table, fills, width, height, name, { colours = theme(), mark = null, labels = null } = {}) {
    const left = 34, bottom = 18, top = 4, w = width - left - 8, h = height - top - bottom;
    const chart = sheet(width, height, name, colours);
    const step = xs.length > 1 ? xs[1] - xs[0] : 1, from = xs[0] - step / 2, unit = w / (xs[xs.length - 1] + step / 2 - from);
    const x = (value) => left + (value - from) * unit;
    const shape = fills.map(() => "");
    table.forEach((shares, i) => {
      let below = 0;
      shares?.forEach((share, s) => {
        if (share > 0) shape[s] += `M${x(xs[i] - step / 2).toFixed(2)} ${(top + h * (1 - below)).toFixed(2)}h${(step * unit).toFixed(2)}v${(-share * h).toFixed(2)}h${(-step * unit).toFixed(2)}z`;
        below += share;
      });
    });
    shape.forEach((d, s) => d && chart.add(svg("path", { d, fill: chart.fill(fills[s]) })));
    chart.add(svg("path", { d: `M${left} ${top}V${top + h}H${left + w}`, fill: "none", stroke: colours.ink, "stroke-width": 0.8 }));
    for (const share of [0, 0.5, 1]) chart.text(left - 4, top + h * (1 - share) + 4, `${100 * share} %`, { "text-anchor": "end", "font-size": 10 });
    for (const value of labels ?? xs) chart.text(x(value), height - 4, number(value, 1), { "text-anchor": "middle", "font-size": 10 });
    if (mark !== null) chart.add(svg("path", { d: `M${x(mark)} 0V${top + h}`, stroke: colours.paper, "stroke-width": 4 }), svg("path", { d: `M${x(mark)} 0V${top + h}`, stroke: colours.ink, "stroke-width": 1.6 }));
    return chart.root;
  }

  /** What the fills mean. */
  function key(entries, width, name, colours = theme()) {
    const room = 15 + 7.2 * Math.max(...entries.map(([words]) => Math.min(words.length, 24))) + 14;
    const columns = Math.max(1, Math.floor(width / room)), lines = Math.ceil(entries.length / columns);
    const chart = sheet(width, lines * 20, name, colours);
    entries.forEach(([words, look], i) => {
      const x = (i % columns) * room, y = Math.floor(i / columns) * 20;
      chart.add(svg("rect", { x: x + 0.5, y: y + 3, width: 14, height: 12, fill: chart.fill(look), stroke: colours.ink, "stroke-width": 0.8 }));
      chart.text(x + 20, y + 13, cut(words, 24));
    });
    return chart.root;
  }

  const tierKey = (width, colours) => key(problem.tiers.map(({ label }, t) => [label, tierLook(t)]), width, "Key: the tiers' colours and hatches", colours);

  return { theme, dark, LIGHT, tierBars, strip, indexBars, stacked, key, tierKey, tierLook, statusLook, tierName, cut };
})();

/** A table, folded away below the chart that it says in words. */
function tableOf(caption, head, rows, { open = false, plain = false } = {}) {
  const cell = (value, i, tag = "td") => el(tag, { textContent: value, className: i ? "n" : "", ...(tag === "th" ? { scope: i === undefined ? "row" : "col" } : {}) });
  const table = el("table", {},
    el("caption", { textContent: caption }),
    el("thead", {}, el("tr", {}, ...head.map((name, i) => cell(name, i, "th")))),
    el("tbody", {}, ...rows.map(([first, ...rest]) => el("tr", {}, el("th", { scope: "row", textContent: first }), ...rest.map((value) => cell(value, 1))))));
  const wide = el("div", { className: "wide", tabIndex: 0, role: "region", "aria-label": caption }, table);
  return plain ? wide : el("details", { className: "tables", open }, el("summary", { textContent: "The same as a table" }), wide);
}
