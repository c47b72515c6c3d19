"use strict";
(() => {
  const link = JSON.parse(document.getElementById("link").textContent);
  const { distance_m: distance, ground_m: ground, cover_m: cover, length_m: length, words, names } = link;
  const last = distance.length - 1;
  const wavelength = 0.299792458 / link.freq_ghz;
  const share = distance.map((d) => d / length);
  const bulge = distance.map((d) => (d * (length - d)) / (2 * link.radius_m));
  const zone = distance.map((d) => Math.sqrt(Math.max((wavelength * d * (length - d)) / length, 0)));
  const top = ground.map((g, i) => g + bulge[i] + (i > 0 && i < last ? cover[i] : 0));
  const chord = share.map((t) => ground[0] * (1 - t) + ground[last] * t);
  const heights = [...link.heights_m];
  let cursor = 0;

  const number = (value, digits = 0) => {
    const text = Math.abs(value).toFixed(digits);
    const [whole, part] = text.split(".");
    const apart = whole.replace(/\B(?=(\d{3})+(?!\d))/g, link.thousands);
    return (value < 0 && Number(text) !== 0 ? "−" : "") + apart + (part === undefined ? "" : "." + part);
  };
  const percent = (value) => number(100 * value) + (document.documentElement.lang === "es" ? "\u00a0%" : "%");
  const fill = (key, values) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // The lowest antenna at one end that keeps a share of the zone free, the other staying: the rule of the screen.
  const needed = (end, other, free) => {
    let need = -Infinity;
    for (let i = 1; i < last; i += 1) {
      const t = end === 1 ? share[i] : 1 - share[i];
      need = Math.max(need, (top[i] + free * zone[i] - chord[i] - other * (1 - t)) / t);
    }
    return Math.round(need * 100) / 100;
  };
  const line = (i) => (ground[0] + heights[0]) * (1 - share[i]) + (ground[last] + heights[1]) * share[i];
  const clear = (i) => line(i) - top[i];
  const state = () => {
    if (needed(1, heights[0], link.clearance) <= heights[1]) return "clear";
    return needed(1, heights[0], 0) <= heights[1] ? "grazing" : "blocked";
  };
  const tightest = () => {
    let worst = 1;
    for (let i = 1; i < last; i += 1) if (clear(i) / zone[i] < clear(worst) / zone[worst]) worst = i;
    return worst;
  };

  const free = (i) => line(i) - link.clearance * zone[i];
  const intrusions = () => {
    const runs = [];
    for (let i = 1; i < last; i += 1) {
      if (top[i] <= free(i)) continue;
      if (top[i - 1] > free(i - 1) && runs.length) runs[runs.length - 1].push(i);
      else runs.push([i]);
    }
    return runs.filter((run) => run.length > 1);
  };

  // Drawing: the width is that of the page, so that letters keep their size.
  const holder = document.getElementById("profile");
  const svg = document.getElementById("drawing");
  const COLOURS = { clear: "#1a7f4b", grazing: "#a85f00", blocked: "#b3261e" };
  const EDGE = { left: 62, right: 16, top: 18, bottom: 42 };
  let scale = null;

  const round = (value) => Math.round(value * 10) / 10;
  const path = (points) => points.map(([x, y], i) => (i ? "L" : "M") + round(x) + " " + round(y)).join("");
  const nice = (span, count) => {
    const rough = span / count, power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 5, 10].find((step) => step * power >= rough) * power;
  };
  const element = (name, attributes, text = "") => {
    const parts = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`).join("");
    const safe = String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;");
    return `<${name}${parts}>${safe}</${name}>`;
  };

  const draw = () => {
    const width = Math.max(320, Math.round(holder.clientWidth)), height = Math.round(Math.min(460, Math.max(260, width * 0.42)));
    const now = state(), colour = COLOURS[now];
    let low = Infinity, high = -Infinity;
    for (let i = 0; i <= last; i += 1) {
      low = Math.min(low, top[i], ground[i]);
      high = Math.max(high, top[i], line(i) + zone[i]);
    }
    const span = Math.max(high - low, 40);
    low -= 0.1 * span; high += 0.12 * span;
    const inner = { w: width - EDGE.left - EDGE.right, h: height - EDGE.top - EDGE.bottom };
    const x = (metres) => EDGE.left + (metres / length) * inner.w;
    const y = (metres) => EDGE.top + (1 - (metres - low) / (high - low)) * inner.h;
    scale = { x, y, height, inner, low };
    const out = [];
    const step = nice(high - low, 5), across = nice(length / 1000, width < 600 ? 5 : 9);
    for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
      out.push(element("line", { x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value), stroke: "#e3e9ec" }));
      out.push(element("text", { x: EDGE.left - 8, y: y(value) + 4, "text-anchor": "end", "font-size": 12.5, fill: "#56666c" }, number(value)));
    }
    for (let km = 0; km <= length / 1000 + 1e-9; km += across) {
      const digits = across < 0.1 ? 2 : across < 1 ? 1 : 0;
      out.push(element("text", { x: x(km * 1000), y: height - 22, "text-anchor": "middle", "font-size": 12.5, fill: "#56666c" }, number(km, digits)));
    }
    out.push(element("text", { x: EDGE.left + inner.w / 2, y: height - 5, "text-anchor": "middle", "font-size": 12.5, fill: "#56666c" }, words.x));
    out.push(element("text", { x: 14, y: EDGE.top + inner.h / 2, "text-anchor": "middle", "font-size": 12.5, fill: "#56666c", transform: `rotate(-90 14 ${EDGE.top + inner.h / 2})` }, words.y));
    const bulged = distance.map((d, i) => [x(d), y(ground[i] + bulge[i])]);
    const floor = [[x(length), y(low)], [x(0), y(low)]];
    if (cover.some((value) => value > 0)) {
      out.push(element("path", { d: path([...distance.map((d, i) => [x(d), y(top[i])]), ...floor]) + "Z", fill: "#8fb27c" }));
    }
    out.push(element("path", { d: path([...bulged, ...floor]) + "Z", fill: "#c3b389" }));
    out.push(element("path", { d: path(bulged), fill: "none", stroke: "#6e5f36", "stroke-width": 1.2 }));
    // An ellipse must not look like a polygon: finer than the ground.
    const fine = Array.from({ length: 241 }, (_, i) => (1 - Math.cos((Math.PI * i) / 240)) / 2);
    const along = (t) => (ground[0] + heights[0]) * (1 - t) + (ground[last] + heights[1]) * t;
    const radius = (t) => Math.sqrt(wavelength * length * t * (1 - t));
    const rim = (sign, free) => fine.map((t) => [x(t * length), y(along(t) + sign * free * radius(t))]);
    out.push(element("path", { d: path([...rim(1, 1), ...rim(-1, 1).reverse()]) + "Z", fill: "#2b6cb0", "fill-opacity": 0.16, stroke: "#2b6cb0", "stroke-opacity": 0.6, "stroke-width": 0.8 }));
    for (const run of intrusions()) {
      const under = run.map((i) => [x(distance[i]), y(free(i))]).reverse();
      out.push(element("path", { d: path([...run.map((i) => [x(distance[i]), y(top[i])]), ...under]) + "Z", fill: COLOURS.blocked, "fill-opacity": 0.6 }));
    }
    out.push(element("path", { d: path(rim(-1, link.clearance)), fill: "none", stroke: "#2b6cb0", "stroke-dasharray": "5 3" }));
    out.push(element("path", { d: path([[x(0), y(along(0))], [x(length), y(along(1))]]), stroke: colour, "stroke-width": 2.2, fill: "none" }));
    [0, 1].forEach((end) => {
      const at = x(end ? length : 0), foot = ground[end ? last : 0];
      const label = `${names[end]} · ${number(heights[end], heights[end] % 1 ? 1 : 0)} m`;
      // Where the line climbs away from the mast, its name stands above the line.
      const climb = Math.max((end ? -1 : 1) * (y(along(0)) - y(along(1))), 0) * (8.5 * label.length + 8) / inner.w;
      out.push(element("line", { x1: at, x2: at, y1: y(foot), y2: y(foot + heights[end]), stroke: "#17282d", "stroke-width": 4 }));
      out.push(element("circle", { cx: at, cy: y(foot + heights[end]), r: 4.5, fill: "#fff", stroke: "#17282d", "stroke-width": 2 }));
      out.push(element("text", { x: at + (end ? -8 : 8), y: Math.max(y(foot + heights[end]) - 14 - climb, 14), "text-anchor": end ? "end" : "start", "font-size": 14, "font-weight": 700, fill: "#17282d", stroke: "#fff", "stroke-width": 3, "paint-order": "stroke" }, label));
    });
    const worst = tightest();
    out.push(element("circle", { cx: x(distance[worst]), cy: y(top[worst]), r: 6, fill: colour, stroke: "#fff", "stroke-width": 1.5 }));
    out.push('<g id="cursor"></g>');
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.innerHTML = out.join("");
    const badge = document.getElementById("state");
    badge.dataset.state = now;
    document.documentElement.style.setProperty("--now", colour);
    badge.querySelector("strong").textContent = words[now];
    badge.querySelector("span").textContent = fill("page.least", {
      clear: number(clear(worst), 1), share: percent(clear(worst) / zone[worst]), km: number(distance[worst] / 1000, 2),
    });
    const low1 = Math.max(needed(0, heights[1], link.clearance), 0), low2 = Math.max(needed(1, heights[0], link.clearance), 0);
    document.getElementById("needed").textContent = fill("page.needed", { near: number(low1, 1), far: number(low2, 1) });
    [1, 2].forEach((n) => {
      document.getElementById(`height${n}`).value = heights[n - 1];
      document.getElementById(`shown${n}`).textContent = `${number(heights[n - 1], 1)} m`;
    });
    point();
  };

  const point = () => {
    const { x, y, inner } = scale, i = cursor, at = x(distance[i]);
    const values = { km: number(distance[i] / 1000, 2), ground: number(ground[i]), bulge: number(bulge[i], 1) };
    let text;
    if (i === 0 || i === last) {
      text = fill("page.read_end", { ...values, end: names[i ? 1 : 0], height: number(heights[i ? 1 : 0], 1) });
    } else {
      const more = { cover: number(cover[i]), line: number(line(i)), clear: number(clear(i), 1), share: percent(clear(i) / zone[i]) };
      text = fill(cover[i] > 0 ? "page.read_cover" : "page.read", { ...values, ...more });
    }
    document.getElementById("read").textContent = text;
    holder.setAttribute("aria-valuenow", i);
    holder.setAttribute("aria-valuetext", text);
    document.getElementById("cursor").innerHTML = [
      element("line", { x1: at, x2: at, y1: EDGE.top, y2: EDGE.top + inner.h, stroke: "#17282d", "stroke-dasharray": "2 3" }),
      element("line", { x1: at, x2: at, y1: y(top[i]), y2: y(line(i)), stroke: "#17282d", "stroke-width": 2 }),
      element("circle", { cx: at, cy: y(top[i]), r: 3.5, fill: "#17282d" }),
      element("circle", { cx: at, cy: y(line(i)), r: 3.5, fill: "#17282d" }),
    ].join("");
  };
  const go = (i) => { cursor = Math.min(Math.max(i, 0), last); point(); };

  holder.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect(), part = (event.clientX - box.left) / box.width;
    const width = svg.viewBox.baseVal.width;
    go(Math.round(((part * width - EDGE.left) / scale.inner.w) * last));
  });
  holder.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
    if (event.key in steps) go(cursor + steps[event.key]);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(last);
    else return;
    event.preventDefault();
  });
  [1, 2].forEach((n) => {
    const slider = document.getElementById(`height${n}`);
    slider.max = link.tallest_m[n - 1];
    slider.min = Math.min(1, link.heights_m[n - 1]);
    slider.addEventListener("input", () => { heights[n - 1] = Number(slider.value); draw(); });
  });
  document.getElementById("reset").addEventListener("click", () => { heights.splice(0, 2, ...link.heights_m); draw(); });
  window.addEventListener("resize", draw);
  draw();
  go(tightest());
})();
