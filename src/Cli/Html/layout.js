"use strict";
// A layered drawing of a graph: each node below the nodes that it reads, layers ordered so that few lines cross. An edge over several layers bends around
// the nodes in between. dagre places graphs that it can place in about half a second; its time grows with the square of the nodes. Time of what is here
// grows with nodes and edges.
const Layout = (() => {
  const gapX = 18, gapY = 34, pad = 14, height = 34, widthOfBend = 4, mostBendsOfEdge = 40, bendsOfNode = 4;
  // Nodes, and layers that edges cross, of a drawing with all of its blocks: dagre takes about a quarter of a millisecond for each.
  const mostOfDagre = 2000;
  let budget = mostOfDagre;

  function size(node, open) {
    const text = Math.max(node.op.length * 7.2, Math.min(node.types.length, 26) * 5.6) + 20;
    if (!node.regions.length || !open.has(node.id)) return { w: Math.max(56, text), h: height };
    const inner = node.regions.map(region => block(region, open));
    return { inner, w: Math.max(text, inner.reduce((w, i) => w + i.w + pad, pad)), h: Math.max(...inner.map(i => i.h)) + height + 24 };
  }

  function of(region, open) {
    budget = typeof dagre === "undefined" ? 0 : mostOfDagre;
    return block(region, open);
  }

  // The nodes of a block with places, its edges, and its size.
  function block(region, open) {
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
    filled.forEach((layer, at) => layer.forEach(n => n.at = at));
    const edges = nodes.flatMap(n => n.inputs.map(from => ({ from, to: n })));
    const work = edges.reduce((sum, edge) => sum + edge.to.at - edge.from.at, nodes.length);
    if (work <= budget) {
      budget -= work;
      return { nodes, edges, name: region.name, ...placedByDagre(nodes, edges) };
    }
    bend(nodes, filled);
    for (const edge of edges) edge.bends = (edge.from.bends ?? []).slice(0, edge.to.at - edge.from.at - 1);
    order(filled);
    place(filled);
    let y = 0;
    for (const layer of filled) {
      const high = Math.max(...layer.map(n => n.h));
      for (const n of layer) { n.y = y; n.bottom = y + high; }
      y += high + gapY;
    }
    const all = filled.flat(), left = all.reduce((least, n) => Math.min(least, n.x), 0);
    for (const n of all) n.x += pad - left;
    return { nodes, edges, name: region.name, w: all.reduce((most, n) => Math.max(most, n.x + n.w), 40) + pad, h: Math.max(height, y - gapY) + pad };
  }

  function placedByDagre(nodes, edges) {
    const graph = new dagre.graphlib.Graph({ multigraph: true });
    graph.setGraph({ nodesep: gapX, edgesep: widthOfBend, ranksep: gapY, marginx: pad });
    nodes.forEach((n, i) => graph.setNode(`${i}`, { width: n.w, height: n.h }));
    const name = new Map(nodes.map((n, i) => [n, `${i}`]));
    edges.forEach((edge, i) => graph.setEdge(name.get(edge.from), name.get(edge.to), {}, `${i}`));
    dagre.layout(graph);
    nodes.forEach((n, i) => {
      const { x, y } = graph.node(`${i}`);
      n.x = x - n.w / 2;
      n.y = y - n.h / 2;
    });
    // An edge has a point in each layer, and one between two layers.
    edges.forEach((edge, i) => {
      const { points } = graph.edge(name.get(edge.from), name.get(edge.to), `${i}`);
      edge.bends = points.length > 3 ? points.slice(1, -1).map(({ x, y }) => ({ x, y, bottom: y, w: 0 })) : [];
    });
    const size = graph.graph();
    return { w: Math.max(40, size.width), h: Math.max(height, size.height) + pad };
  }

  // Keeps room for the edges of a node in the layers that they cross. All that read a node share its bends.
  function bend(nodes, layers) {
    let left = bendsOfNode * nodes.length;
    for (const n of nodes) {
      const users = n.users, last = users.reduce((most, u) => Math.max(most, u.at), 0), count = last - n.at - 1;
      if (count <= 0 || count > mostBendsOfEdge || count > left) continue;
      left -= count;
      n.bends = Array.from({ length: count }, (_, i) => ({ at: n.at + 1 + i, w: widthOfBend, h: 0, inputs: [], users: [] }));
      n.users = users.filter(u => u.at === n.at + 1);
      n.bends.forEach((b, i) => {
        const before = i ? n.bends[i - 1] : n;
        before.users.push(b);
        b.inputs.push(before);
        layers[b.at].push(b);
      });
      for (const u of users) {
        if (u.at === n.at + 1) continue;
        const b = n.bends[u.at - n.at - 2];
        u.inputs[u.inputs.indexOf(n)] = b;
        b.users.push(u);
      }
    }
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
