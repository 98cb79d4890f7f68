// A scenario's statuses, month by month: what the simulation stored, played back.

const Timeline = (() => {
  const groups = Data.simulation?.groups ?? [];
  const shares = new Map();
  let playing = null, drawn = "";

  /** Choices in the order of the stored table's dimensions. */
  const AXES = [["assumptions", "Assumption set"], ["settings", "Setting"], ["scenarios", "Scenario"], ["policies", "Policy"]];

  const titled = (ids, titles) => Object.fromEntries(ids.map((id, i) => [id, titles[i] === id ? id : `${titles[i]} (${id})`]));

  const group = () => groups.find(({ name }) => name === State.now.timeline.group) ?? groups[0];
  /** Place of what is chosen on an axis; the first, but of policies the one after the status quo, which never eases. */
  function indexOf(axis) {
    const list = group()[axis], found = list.indexOf(State.now.timeline[axis]);
    return found >= 0 ? found : axis === "policies" && list.length > 1 ? 1 : 0;
  }
  const month = () => State.clamp(Math.round(State.now.timeline.month ?? 0), 0, group().months - 1);

  /** Shares of a group, decoded when first needed. */
  function table({ name, shares: text }) {
    if (!shares.has(name)) {
      const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)), view = new DataView(bytes.buffer);
      shares.set(name, Float32Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true) / 65535));
    }
    return shares.get(name);
  }

  /** Share of a measure's status in a month of the chosen world. */
  function share(measure, status, at) {
    const g = group(), sizes = [g.assumptions, g.settings, g.scenarios, g.policies].map((list) => Math.max(list.length, 1));
    const world = AXES.reduce((i, [axis], k) => i * sizes[k] + (g[axis].length ? indexOf(axis) : 0), 0);
    const row = world * g.alternatives.length + measure;
    return table(g)[(row * g.statuses.length + status) * g.months + at];
  }

  function set(key, value) {
    State.now.timeline[key] = value;
    drawn = "";
    draw();
    history.replaceState(null, "", `#${State.asHash()}`);
  }

  function controls() {
    const g = group(), rows = [];
    const pick = (key, name, list, chosen) => View.choice(`t-${key}`, name, titled(list, g.titles[key] ?? list), list, chosen, (value) => {
      set(key, value);
      if (key === "group") controls();
      document.getElementById(`t-${key}`).focus();
    });
    if (groups.length > 1) rows.push(pick("group", "Simulation", groups.map((one) => one.name), g.name));
    for (const [axis, name] of AXES) if (g[axis].length > 1) rows.push(pick(axis, name, g[axis], g[axis][indexOf(axis)]));
    const play = el("button", { type: "button", id: "play", textContent: "Play" });
    play.addEventListener("click", () => (playing ? pause() : start()));
    const slider = View.slider("month", "Month", { value: month(), min: 0, max: g.months - 1, step: 1 }, (x) => {
      pause();
      set("month", x);
      return x;
    });
    document.getElementById("timeline-controls").replaceChildren(el("div", { className: "pick-row" }, ...rows), el("div", { className: "play" }, play, slider));
  }

  function start() {
    if (month() >= group().months - 1) State.now.timeline.month = 0;
    document.getElementById("play").textContent = "Pause";
    playing = setInterval(() => {
      show(month() + 1);
      if (month() >= group().months - 1) pause();
    }, 350);
  }

  function pause() {
    if (!playing) return;
    clearInterval(playing);
    playing = null;
    document.getElementById("play").textContent = "Play";
  }

  /** Go to a month, and let the slider follow. */
  function show(to) {
    set("month", State.clamp(to, 0, group().months - 1));
    const slider = document.getElementById("month");
    slider.value = String(month());
    slider.setAttribute("aria-valuetext", String(month()));
    slider.parentElement.querySelector("output").textContent = String(month());
  }

  const key = (width, colours) => Charts.key(group().statuses.map((name) => [name, Charts.statusLook(name)]), width, "Key: the statuses' colours and hatches", colours);

  /** The chart of the chosen measure, for the page or for an export. */
  function chart(width, colours) {
    const g = group(), measure = position();
    const months = Array.from({ length: g.months }, (_, i) => i);
    const rows = months.map((_, i) => g.statuses.map((_, s) => share(measure, s, i)));
    return Charts.stacked(months, rows, g.statuses.map(Charts.statusLook), width, 220, sentence(), { colours, mark: month(), labels: months.filter((m) => m % 12 === 0) });
  }

  const position = () => group().alternatives.indexOf(State.now.measure);

  function sentence() {
    const g = group(), said = g.statuses.map((name, s) => [name, share(position(), s, month())]).filter(([, p]) => p > 0).sort((a, b) => b[1] - a[1]);
    return `${Charts.cut(View.measureOf(State.now.measure).label, 120)}, month ${month()}: ${said.map(([name, p]) => `${name} in ${percent(p)} of paths`).join(", ")}.`;
  }

  function draw() {
    if (!groups.length || (drawn && drawn === asked())) return;
    drawn = asked();
    const g = group(), place = document.getElementById("timeline-chart"), width = place.clientWidth || 320;
    place.replaceChildren(key(width), chart(width));
    const said = document.getElementById("timeline-said");
    said.setAttribute("aria-live", playing ? "off" : "polite");
    said.textContent = sentence();
    const rows = g.alternatives.map((id, i) => [Charts.cut(View.measureOf(id)?.label ?? id, 120), ...g.statuses.map((_, s) => percent(share(i, s, month())))]);
    const body = tableOf(`Share of paths by status, all ${Data.problem.noun_plural}, month ${month()}`, [Data.problem.noun, ...g.statuses], rows, { plain: true });
    body.classList.add("tall");
    const old = document.querySelector("#timeline-table .wide"), top = old?.scrollTop ?? 0;
    document.getElementById("timeline-table").replaceChildren(body);
    body.scrollTop = top;
    document.getElementById("timeline-note").textContent = note();
  }

  function note() {
    const stored = group().note ?? "";
    return `${stored}${stored && !/[.!?]$/.test(stored) ? "." : ""} These shares are the run's own, by its own beliefs and rule: the sliders above don't move them. They answer "if this happens, what then?", and forecast nothing.`;
  }

  const asked = () => JSON.stringify([State.now.measure, State.now.timeline, Charts.dark.matches, document.getElementById("timeline-chart").clientWidth]);

  function begin() {
    document.getElementById("timeline").hidden = groups.length === 0;
    if (groups.length) controls();
  }

  return { begin, controls, draw, chart, key, share, sentence, get on() { return groups.length > 0; } };
})();
