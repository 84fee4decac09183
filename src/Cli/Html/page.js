"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const escape = text => String(text ?? "").replace(/[&<>"]/g, c => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;" })[c]);
const time = ms => ms === 0 ? "0" : ms < 1 ? (ms * 1000).toFixed(1) + " µs" : ms < 1000 ? ms.toFixed(2) + " ms" : (ms / 1000).toFixed(2) + " s";
const bytes = n => n < 1e3 ? n + " B" : n < 1e6 ? (n / 1e3).toFixed(1) + " kB" : n < 1e9 ? (n / 1e6).toFixed(1) + " MB" : (n / 1e9).toFixed(2) + " GB";
const count = n => Number(n).toLocaleString("en");
const state = { trace: 0, step: 0, node: null, open: new Set(), nodes: new Map(), drawn: null, hits: [], at: 0 };
const view = { x: 0, y: 0, scale: 1 };

// Overview

function table(columns, rows, link) {
  const cell = (value, i, tag) => `<${tag}${columns[i].startsWith(">") ? " class=n" : ""}>${escape(value)}</${tag}>`;
  return `<table><thead><tr>${columns.map((c, i) => cell(c.replace(">", ""), i, "th")).join("")}</tr></thead><tbody>${rows.map(row =>
    `<tr${link ? ` class=link data-trace="${row.trace}"` : ""}>${row.cells.map((c, i) => cell(c, i, "td")).join("")}</tr>`).join("")}</tbody></table>`;
}

function overview() {
  const r = data.report, signatures = r.functions.flatMap(f => f.signatures.map(s => ({ f, s })));
  $("overview").innerHTML = `<p>${escape(r.recording.program)}, ${escape(r.recording.started)}, device ${escape(r.recording.device)}, TensorGraph ${escape(r.recording.library)}, ${escape(r.recording.framework)}${r.isComplete ? "" : " — still running, or killed"}</p>
    <h2>Functions</h2>` + table(["function", ">calls", ">run", ">mean", ">longest", ">first runs", ">traces", ">trace", ">compile"], r.functions.map(f => ({ cells: [f.function, count(f.calls), time(f.laterMilliseconds), time(f.laterMilliseconds / Math.max(1, f.calls - f.firstRuns)), time(f.longestMilliseconds), time(f.firstMilliseconds), f.signatures.length, time(f.traceMilliseconds), time(f.compileMilliseconds)] })))
    + "<h2>Signatures</h2>" + table([">#", "function", "signature", ">calls", ">run", ">first runs", ">nodes", ">kernels", ">arena", ">peak", "host islands"], signatures.map(({ f, s }) => ({ trace: s.trace, cells: [s.trace, f.function, s.signature + (s.madeVariables ? " (made variables)" : ""), count(s.calls), time(s.laterMilliseconds), time(s.firstMilliseconds), `${s.nodesTraced} → ${s.nodesOptimized}`, s.kernels, bytes(s.arenaBytes), bytes(s.peakBytes), s.hostIslands.join(", ")] })), true)
    + (r.retraces.length ? "<h2>Retraces</h2>" + table([">#", "function", "argument", "old", "new", "at", "suggestion"], r.retraces.map(t => ({ trace: t.trace, cells: [t.trace, t.function, t.argument, t.old, t.new, t.callSite, t.suggestion] })), true) : "")
    + "<h2>Kernels</h2>" + table([">#", "function", "ops", "at", ">calls", ">run", ">first run", ">bytes", ">flops"], r.kernels.slice(0, 50).map(k => ({ trace: k.trace, cells: [k.trace, k.function, k.region + k.ops.join(", "), k.sources.join(", "), count(k.calls), time(k.laterMilliseconds), time(k.firstMilliseconds), bytes(k.bytes), count(k.flops)] })), true)
    + [...r.warnings, ...r.failures].map(w => `<p>${escape(w.message)}</p>`).join("");
}

// Graph

const kinds = { dot: "dot", conv: "dot", while: "control", if: "control", switch: "control", scan: "control", call: "control", read_variable: "variable", assign_variable: "variable", advance_random: "variable", print: "host", assert: "host", host_call: "host", constant: "value" };

function prepare(region) {
  for (const p of region.parameters) Object.assign(p, { kind: "value", inputs: [], regions: [] });
  for (const n of region.nodes) {
    n.kind = n.kernel?.isHost ? "host" : kinds[n.op] ?? (n.op.startsWith("reduce") ? "reduce" : n.isLoop ? "loop" : "move");
    n.regions.forEach(prepare);
  }
  region.end = { id: "end" + Math.random(), op: "return", types: "", kind: "value", inputs: region.results, regions: [], text: "return" };
}

const current = () => data.traces[state.trace];
const step = () => current().steps[state.step];

function draw(keepView) {
  const trace = current();
  if (!trace || !trace.steps.length) { $("view").innerHTML = ""; return; }
  $("step").max = trace.steps.length - 1;
  $("step").value = state.step;
  $("step-name").textContent = `${step().label} (${step().nodes})`;
  if (!step().ready) { prepare(step().graph); step().ready = true; }
  state.nodes.clear();
  const begin = performance.now();
  const drawn = Layout.of(step().graph, state.open);
  const most = Math.max(1e-9, ...allNodes(step().graph).map(later));
  $("view").innerHTML = svg(drawn, most);
  state.drawn = drawn;
  $("canvas").dataset.milliseconds = Math.round(performance.now() - begin);
  $("expand").hidden = !allNodes(step().graph).some(n => n.regions.length);
  if (!keepView) fit();
  search();
}

// Time of the runs after the first one, which may compile code.
function later(node) { return node.kernel ? node.kernel.milliseconds - node.kernel.firstMilliseconds : 0; }

function allNodes(region) { return region.nodes.flatMap(n => [n, ...n.regions.flatMap(allNodes)]); }

function svg(block, most) {
  const parts = [];
  for (const { from, to, bends } of block.edges) parts.push(`<path class="edge" data-from="${from.node.id}" data-to="${to.node.id}" d="${path(from, to, bends)}"/>`);
  for (const n of block.nodes) {
    const node = n.node, share = $("heat").checked && node.kernel ? Math.sqrt(later(node) / most) : null;
    state.nodes.set(node.id, node);
    const fill = share === null ? "" : ` style="fill:hsl(${(1 - share) * 210} 80% ${isDark() ? 32 : 78}%)"`;
    parts.push(`<g class="node ${node.kind}" data-id="${node.id}" data-op="${escape(node.op)}" transform="translate(${n.x.toFixed(1)} ${n.y})"><rect width="${n.w.toFixed(1)}" height="${n.h}"${fill}/><text x="8" y="14">${escape(node.op)}${node.regions.length ? (n.inner ? " −" : " +") : ""}</text><text class="type" x="8" y="27">${escape(node.types.length > 28 ? node.types.slice(0, 27) + "…" : node.types)}</text>`);
    let x = 14;
    for (const inner of n.inner ?? []) {
      parts.push(`<g class="block" transform="translate(${x} 40)"><rect width="${inner.w}" height="${inner.h + 12}"/><text class="type" x="6" y="-2">${escape(inner.name)}</text>${svg(inner, most)}</g>`);
      x += inner.w + 14;
    }
    parts.push("</g>");
  }
  return parts.join("");
}

// Down from a node to the next, straight through the layers in between.
function path(from, to, bends) {
  const middle = n => (n.x + n.w / 2).toFixed(1);
  let d = `M${middle(from)} ${from.y + from.h}`, last = from, y = from.y + from.h;
  for (const next of [...bends, to]) {
    const dy = Math.max(14, (next.y - y) / 2);
    d += `C${middle(last)} ${y + dy} ${middle(next)} ${next.y - dy} ${middle(next)} ${next.y}`;
    if (next !== to) d += `V${next.bottom}`;
    [last, y] = [next, next.bottom];
  }
  return d;
}

function move() { $("view").setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`); }

function fit() {
  const box = $("canvas").getBoundingClientRect();
  if (!box.width || !state.drawn) return;
  view.scale = Math.min(1.2, Math.max(0.02, Math.min(box.width / state.drawn.w, box.height / (state.drawn.h + 20))));
  if (view.scale < 0.25) view.scale = Math.min(0.8, Math.max(view.scale, box.width / state.drawn.w, 0.25));
  view.x = (box.width - state.drawn.w * view.scale) / 2;
  view.y = 12;
  move();
}

function select(id) {
  state.node = id;
  for (const old of document.querySelectorAll(".on.node, .on.edge")) old.classList.remove("on");
  const node = state.nodes.get(id);
  if (!node) return;
  document.querySelector(`.node[data-id="${id}"]`)?.classList.add("on");
  for (const edge of document.querySelectorAll(`.edge[data-from="${id}"], .edge[data-to="${id}"]`)) edge.classList.add("on");
  const rows = [["type", node.types], ["at", node.source]];
  if (node.kernel) rows.push(["kernel", node.kernel.ops.join(", ")], ["calls", count(node.kernel.calls)], ["time", time(later(node))], ["first run", time(node.kernel.firstMilliseconds)], ["bytes of a run", bytes(node.kernel.bytes)], ["FLOPs of a run", count(node.kernel.flops)]);
  $("detail").innerHTML = `<h2>${escape(node.op)}</h2><dl>${rows.filter(row => row[1]).map(([k, v]) => `<dt>${k}</dt><dd>${escape(v)}</dd>`).join("")}</dl>`
    + code(node.source) + `<pre>${escape(node.text)}</pre>` + (node.kernel ? `<pre>${escape(node.kernel.text)}</pre>` : "");
}

// The user's line with some around it.
function code(source) {
  const [, file, line] = /^(.+?):(\d+)/.exec(source ?? "") ?? [];
  // Files of one name in several folders: those of this graph, if that is one.
  const named = data.sources.filter(s => s.name === file), own = named.filter(s => current().files.includes(s.path)), found = own.length ? own : named;
  if (!line || !found.length) return "";
  if (found.length > 1) return `<p>${found.length} files have the name ${escape(file)}.</p>`;
  const lines = found[0].lines;
  const at = Number(line) - 1, first = Math.max(0, at - 4);
  return (found[0].isChanged ? `<p>${escape(file)} was changed after the recording.</p>` : "") + `<pre class="code">${lines.slice(first, at + 5).map((text, i) => `<span${first + i === at ? " class=here" : ""}>${String(first + i + 1).padStart(4)}  ${escape(text)}</span>`).join("\n")}</pre>`;
}

function search() {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  state.hits = words.length ? [...state.nodes.values()].filter(n => words.every(w => `${n.op} ${n.types} ${n.source} ${n.text}`.toLowerCase().includes(w))) : [];
  const hits = new Set(state.hits.map(n => n.id));
  for (const g of document.querySelectorAll(".node")) g.classList.toggle("hit", hits.has(g.dataset.id));
  $("hits").textContent = words.length ? `${state.hits.length} found` : "";
  state.at = -1;
}

function next() {
  if (!state.hits.length) return;
  state.at = (state.at + 1) % state.hits.length;
  if (view.scale < 0.8) { view.scale = 0.9; move(); }
  const id = state.hits[state.at].id, g = document.querySelector(`.node[data-id="${id}"]`), box = $("canvas").getBoundingClientRect(), at = g.getBoundingClientRect();
  view.x += box.left + box.width / 2 - (at.left + at.width / 2);
  view.y += box.top + box.height / 2 - (at.top + at.height / 2);
  move();
  select(id);
}

// Timeline and memory

function timeline() {
  const events = data.timeline, end = Math.max(0.001, ...events.map(e => e.time)), wide = 1100, x = t => 10 + t / end * wide;
  const calls = events.filter(e => e.kind === "calls");
  calls.forEach((e, i) => { e.from = i ? calls[i - 1].time : 0; e.rate = e.calls / Math.max(1e-3, e.time - e.from); });
  const most = Math.max(1, ...calls.map(e => e.rate));
  const bars = calls.map(e => {
    const h = e.rate / most * 120;
    return `<rect class="bar-calls" x="${x(e.from)}" y="${150 - h}" width="${Math.max(1, x(e.time) - x(e.from))}" height="${h}"><title>${count(e.calls)} calls, ${time(e.milliseconds)}</title></rect>`;
  });
  const rows = events.filter(e => e.kind !== "calls").map((e, i) => {
    const from = Math.max(0, e.time - e.milliseconds / 1000), y = 190 + i * 14;
    return `<rect class="bar-${e.kind}" x="${x(from)}" y="${y}" width="${Math.max(2, x(e.time) - x(from))}" height="11"><title>${escape(e.text)}: ${time(e.milliseconds)}</title></rect>${e.cause ? `<circle class="mark" cx="${x(from) - 5}" cy="${y + 5}" r="4"><title>${escape(e.cause)}</title></circle>` : ""}<text class="axis" x="${e.time > end / 2 ? x(from) - 14 : x(e.time) + 6}" text-anchor="${e.time > end / 2 ? "end" : "start"}" y="${y + 9}">${escape(`${e.kind} ${e.text}${e.cause ? ": " + e.cause : ""}`)}</text>`;
  });
  $("timeline").innerHTML = `<svg width="${wide + 500}" height="${210 + rows.length * 14}"><text class="axis" x="10" y="20">calls, at most ${count(Math.round(most))} a second</text>${bars.join("")}<line x1="10" x2="${wide + 10}" y1="151" y2="151" stroke="var(--line)"/><text class="axis" x="10" y="168">0</text><text class="axis" x="${wide}" y="168">${end.toFixed(2)} s</text>${rows.join("")}</svg>`;
}

function memory() {
  const plan = current()?.memory;
  if (!plan || !plan.slots.length) { $("memory").innerHTML = "<p>No memory plan: nothing of this trace ran on a device that plans memory, or it needs none.</p>"; return; }
  const wide = 1100, high = 420, x = c => 60 + c / plan.commands * wide, y = b => 20 + b / plan.arenaBytes * high;
  $("memory").innerHTML = `<p>${escape(current().name)}: an arena of ${bytes(plan.arenaBytes)} serves ${plan.slots.length} values, ${bytes(plan.slots.reduce((sum, s) => sum + s.bytes, 0))} in all. Left to right: commands; top to bottom: bytes.</p><svg width="${wide + 80}" height="${high + 50}">`
    + plan.slots.map(s => `<rect class="slot" x="${x(s.first)}" y="${y(s.offset)}" width="${Math.max(2, x(s.last + 1) - x(s.first))}" height="${Math.max(1, y(s.offset + s.bytes) - y(s.offset))}"><title>${escape(s.type)}: ${bytes(s.bytes)} at ${s.offset}, commands ${s.first} to ${s.last}</title></rect>`).join("")
    + `<text class="axis" x="4" y="30">0</text><text class="axis" x="4" y="${high + 20}">${bytes(plan.arenaBytes)}</text><text class="axis" x="60" y="${high + 40}">command 0</text><text class="axis" x="${wide - 20}" y="${high + 40}">${plan.commands}</text></svg>`;
}

// The page

const isDark = () => document.documentElement.dataset.theme === "dark";

function tab(name) {
  for (const section of document.querySelectorAll("section")) section.classList.toggle("on", section.id === name);
  for (const button of document.querySelectorAll("nav button")) button.classList.toggle("on", button.dataset.tab === name);
  if (name === "graph") draw();
  if (name === "memory") memory();
}

function show(trace, name) {
  const index = data.traces.findIndex(t => t.trace === trace);
  if (index < 0) return;
  state.trace = index;
  state.step = Math.max(0, current().steps.length - 1);
  state.open.clear();
  $("trace").value = index;
  $("detail").textContent = "Click a node.";
  tab(name);
}

function start() {
  $("title").textContent = data.report.recording.program || "tgraph";
  $("trace").innerHTML = data.traces.map((t, i) => `<option value="${i}">#${t.trace} ${escape(t.name)}</option>`).join("");
  document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  overview();
  timeline();
  document.addEventListener("click", e => {
    const button = e.target.closest("nav button"), row = e.target.closest("tr.link");
    if (button) tab(button.dataset.tab);
    if (row) show(Number(row.dataset.trace), "graph");
  });
  $("trace").addEventListener("change", () => show(data.traces[$("trace").value].trace, document.querySelector("section.on").id));
  $("step").addEventListener("input", () => { state.step = Number($("step").value); draw(); });
  $("heat").addEventListener("change", () => draw(true));
  $("theme").addEventListener("click", () => { document.documentElement.dataset.theme = isDark() ? "light" : "dark"; draw(true); });
  $("fit").addEventListener("click", fit);
  $("expand").addEventListener("click", () => {
    const blocks = allNodes(step().graph).filter(n => n.regions.length).map(n => n.id);
    state.open = blocks.every(id => state.open.has(id)) ? new Set() : new Set(blocks);
    draw();
  });
  $("search").addEventListener("input", search);
  $("search").addEventListener("keydown", e => { if (e.key === "Enter") next(); });
  const canvas = $("canvas");
  let grabbed = null, moved = false;
  canvas.addEventListener("pointerdown", e => { grabbed = { x: e.clientX - view.x, y: e.clientY - view.y, from: [e.clientX, e.clientY] }; moved = false; });
  canvas.addEventListener("pointermove", e => {
    if (!grabbed) return;
    moved ||= Math.hypot(e.clientX - grabbed.from[0], e.clientY - grabbed.from[1]) > 4;
    if (moved) { view.x = e.clientX - grabbed.x; view.y = e.clientY - grabbed.y; move(); }
  });
  addEventListener("pointerup", () => grabbed = null);
  canvas.addEventListener("click", e => { const g = e.target.closest(".node"); if (g && !moved) select(g.dataset.id); });
  canvas.addEventListener("dblclick", e => {
    const id = e.target.closest(".node")?.dataset.id;
    if (!id || !state.nodes.get(id)?.regions.length) return;
    if (!state.open.delete(id)) state.open.add(id);
    draw(true);
    select(id);
  });
  canvas.addEventListener("wheel", e => {
    e.preventDefault();
    const box = canvas.getBoundingClientRect(), x = e.clientX - box.left, y = e.clientY - box.top, by = Math.exp(-e.deltaY / 500), scale = Math.min(4, Math.max(0.02, view.scale * by));
    view.x = x - (x - view.x) * scale / view.scale;
    view.y = y - (y - view.y) * scale / view.scale;
    view.scale = scale;
    move();
  }, { passive: false });
  const wanted = new URLSearchParams(location.hash.slice(1));
  if (wanted.has("theme")) document.documentElement.dataset.theme = wanted.get("theme");
  if (wanted.has("trace")) show(Number(wanted.get("trace")), wanted.get("tab") ?? "graph");
  else if (data.traces.length) { state.step = current().steps.length - 1; tab(wanted.get("tab") ?? "overview"); }
  else tab("overview");
  if (wanted.has("search")) { $("search").value = wanted.get("search"); search(); next(); }
}

start();
