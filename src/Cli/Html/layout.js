"use strict";
// A layered drawing of a graph: each node below the nodes that it reads, layers ordered so that few lines cross. Time grows with nodes and edges.
const Layout = (() => {
  const gapX = 18, gapY = 34, pad = 14, height = 34;

  function size(node, open) {
    const text = Math.max(node.op.length * 7.2, Math.min(node.types.length, 26) * 5.6) + 20;
    if (!node.regions.length || !open.has(node.id)) return { w: Math.max(56, text), h: height };
    const inner = node.regions.map(region => of(region, open));
    return { inner, w: Math.max(text, inner.reduce((w, i) => w + i.w + pad, pad)), h: Math.max(...inner.map(i => i.h)) + height + 24 };
  }

  // The nodes of a block with places, its edges, and its size.
  function of(region, open) {
    const nodes = [...region.parameters, ...region.nodes, ...(region.results.length ? [region.end] : [])].map(node => ({ node, ...size(node, open), users: [], inputs: [] }));
    const byId = new Map(nodes.map(n => [n.node.id, n]));
    for (const n of nodes) for (const input of n.node.inputs) {
      const from = byId.get(input);
      if (from) { n.inputs.push(from); from.users.push(n); }
    }
    const parameters = new Set(region.parameters);
    for (const n of nodes) {
      n.layer = n.inputs.reduce((most, i) => Math.max(most, i.layer + 1), 0);
      n.fixed = parameters.has(n.node) || n.inputs.some(i => i.fixed);
    }
    // What needs no parameter is drawn just above its first use.
    for (const n of [...nodes].reverse()) if (!n.fixed && n.users.length) n.layer = Math.min(...n.users.map(u => u.layer)) - 1;
    const layers = [];
    for (const n of nodes) (layers[n.layer] ??= []).push(n);
    const filled = layers.filter(Boolean);
    order(filled);
    place(filled);
    let y = 0;
    for (const layer of filled) {
      for (const n of layer) n.y = y;
      y += Math.max(...layer.map(n => n.h)) + gapY;
    }
    const left = Math.min(0, ...nodes.map(n => n.x));
    for (const n of nodes) n.x += pad - left;
    const edges = nodes.flatMap(n => n.inputs.map(from => ({ from, to: n })));
    return { nodes, edges, name: region.name, w: Math.max(40, ...nodes.map(n => n.x + n.w)) + pad, h: Math.max(height, y - gapY) + pad };
  }

  function order(layers) {
    const rank = layer => layer.forEach((n, i) => n.rank = i);
    layers.forEach(rank);
    const mean = (list, otherwise) => list.length ? list.reduce((sum, n) => sum + n.rank, 0) / list.length : otherwise;
    for (let sweep = 0; sweep < 6; sweep++) {
      const down = sweep % 2 === 0;
      for (const layer of down ? layers : [...layers].reverse()) {
        for (const n of layer) n.weight = mean(down ? n.inputs : n.users, n.rank);
        layer.sort((a, b) => a.weight - b.weight);
        rank(layer);
      }
    }
  }

  // Each node near the middle of its neighbours, without overlap.
  function place(layers) {
    for (const layer of layers) {
      let x = 0;
      for (const n of layer) { n.x = x; x += n.w + gapX; }
      for (const n of layer) n.x -= x / 2;
    }
    const centre = list => list.reduce((sum, n) => sum + n.x + n.w / 2, 0) / list.length;
    for (let sweep = 0; sweep < 8; sweep++) {
      for (const layer of sweep % 2 ? [...layers].reverse() : layers) {
        const wanted = layer.map(n => {
          const near = sweep % 2 ? n.users : n.inputs;
          return near.length ? centre(near) - n.w / 2 : n.x;
        });
        const right = [], left = [];
        layer.forEach((n, i) => right[i] = Math.max(wanted[i], i ? right[i - 1] + layer[i - 1].w + gapX : -Infinity));
        for (let i = layer.length - 1; i >= 0; i--) left[i] = Math.min(wanted[i], i < layer.length - 1 ? left[i + 1] - layer[i].w - gapX : Infinity);
        // Both keep the gaps, and so does what is between them.
        layer.forEach((n, i) => n.x = (right[i] + left[i]) / 2);
      }
    }
  }

  return { of };
})();
if (typeof module !== "undefined") module.exports = Layout;
