/** The profile of one radio hop, drawn: ground on the Earth's curve, line of sight, first Fresnel zone, masts. */

import type { Edge, Profile } from "./api";
import { h, s } from "./dom";
import { INK } from "./look";
import type { Speech } from "./words";

const WIDTH = 430;
const HEIGHT = 225;
const EDGE = { left: 50, right: 18, top: 22, bottom: 40 };
const SKY = "#eef4f6";
const GROUND = "#b79a74";
const CURVE = "#7d6547";
const SIGHT = "#c0392b";
const ZONE = "#2d7fb8";

type Point = [number, number];

/** Round steps (1, 2 or 5 times a power of ten) that cut a range in about `wanted` parts. */
export function ticks(from: number, to: number, wanted: number): number[] {
  const raw = (to - from) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) ?? raw;
  const marks: number[] = [];
  for (let value = Math.ceil(from / step) * step; value <= to + step / 1e6; value += step) marks.push(value);
  return marks;
}

const trace = (points: Point[]): string => `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;

export function profileFigure(
  edge: Edge,
  profile: Profile,
  speech: Speech,
  policy: Record<string, unknown>,
  keyed: boolean,
): HTMLElement {
  const text = describe(edge, profile, speech);
  const numbers = { k: Number(policy["k_factor"] ?? 4 / 3), free: Number(policy["fresnel_clearance"] ?? 0.6) };
  return h(
    "figure",
    { class: "profile" },
    drawing(edge, profile, speech, text, numbers.free),
    h("figcaption", {}, text, keyed ? key(speech, numbers) : null),
  );
}

function describe(edge: Edge, profile: Profile, speech: Speech): string {
  const values = {
    length: speech.length(edge.length_m ?? 0),
    freq: `${speech.number(edge.freq_ghz ?? 0, 2)} GHz`,
    near: speech.metres(edge.height_from_m ?? 0),
    far: speech.metres(edge.height_to_m ?? 0),
  };
  const tight = profile.tightest;
  if (!tight) return speech.text("profileTextShort", values);
  return speech.text(tight.clearance > 1 ? "profileTextWide" : "profileText", {
    ...values,
    at: speech.length(profile.distance_m[tight.sample] ?? 0),
    clearance: speech.percent(tight.clearance, 0),
    metres: speech.metres(tight.clearance_m),
  });
}

function drawing(edge: Edge, profile: Profile, speech: Speech, text: string, free: number): SVGSVGElement {
  const { distance_m: along, ground_m: ground, bulge_m: bulge, sight_m: sight, fresnel_m: zone } = profile;
  const length = along.at(-1) ?? 1;
  const earth = ground.map((metres, i) => metres + (bulge[i] ?? 0));
  const low = Math.min(...earth, ...sight.map((metres, i) => metres - (zone[i] ?? 0)));
  const high = Math.max(...earth, ...sight.map((metres, i) => metres + (zone[i] ?? 0)));
  const room = Math.max((high - low) * 0.12, 8);
  const base = low - room;
  const x = (metres: number): number => EDGE.left + (metres / length) * (WIDTH - EDGE.left - EDGE.right);
  const y = (metres: number): number =>
    HEIGHT - EDGE.bottom - ((metres - base) / (high + room * 0.6 - base)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const curve = (heights: number[]): Point[] => heights.map((metres, i) => [x(along[i] ?? 0), y(metres)]);
  const filled = (heights: number[]): string =>
    `${trace([...curve(heights), [x(length), y(base)], [x(0), y(base)]])}Z`;
  const lens = (part: number): string =>
    `${trace([
      ...curve(sight.map((metres, i) => metres + part * (zone[i] ?? 0))),
      ...curve(sight.map((metres, i) => metres - part * (zone[i] ?? 0))).reverse(),
    ])}Z`;

  const picture = s(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${speech.text("profile")}. ${text}` },
    s("rect", {
      x: EDGE.left,
      y: EDGE.top - 12,
      width: WIDTH - EDGE.left - EDGE.right,
      height: HEIGHT - EDGE.top - EDGE.bottom + 12,
      fill: SKY,
    }),
  );
  for (const metres of ticks(base, high, 4)) {
    picture.append(
      s("line", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(metres), y2: y(metres), class: "grid" }),
      s("text", { x: EDGE.left - 6, y: y(metres) + 4, class: "tick end" }, speech.number(metres)),
    );
  }
  picture.append(
    s("path", { d: lens(1), fill: ZONE, "fill-opacity": 0.18, stroke: ZONE, "stroke-width": 1, class: "fresnel" }),
    s("path", { d: lens(free), fill: ZONE, "fill-opacity": 0.22 }),
    s("path", { d: filled(earth), fill: GROUND, stroke: CURVE, "stroke-width": 1.2, class: "ground" }),
    s("path", { d: filled(bulge.map((metres) => base + metres)), fill: CURVE, class: "bulge" }),
    s("path", { d: trace(curve(sight)), stroke: SIGHT, "stroke-width": 1.8, fill: "none", class: "sight" }),
  );
  for (const metres of ticks(0, length, 4)) {
    picture.append(
      s("line", { x1: x(metres), x2: x(metres), y1: y(base), y2: y(base) + 4, stroke: INK }),
      s("text", { x: x(metres), y: y(base) + 16, class: "tick middle" }, speech.number(metres / 1000, 2)),
    );
  }
  const last = along.length - 1;
  picture.append(
    s("text", { x: WIDTH - EDGE.right, y: HEIGHT - 5, class: "tick end" }, `${clip(speech.place(edge.to_name, edge.to_place))} · km`),
    s("text", { x: EDGE.left, y: HEIGHT - 5, class: "tick" }, clip(speech.place(edge.from_name, edge.from_place))),
    s("text", { x: 4, y: 9, class: "tick" }, speech.text("profileHeight")),
    ...mast(x(0), y(ground[0] ?? 0), y(sight[0] ?? 0), speech.metres(edge.height_from_m ?? 0), "start"),
    ...mast(x(length), y(ground[last] ?? 0), y(sight[last] ?? 0), speech.metres(edge.height_to_m ?? 0), "end"),
  );
  const tight = profile.tightest;
  if (tight) {
    const at = x(along[tight.sample] ?? 0);
    picture.append(
      s("line", {
        x1: at,
        x2: at,
        y1: y(sight[tight.sample] ?? 0),
        y2: y(earth[tight.sample] ?? 0),
        stroke: INK,
        "stroke-width": 1.4,
        "stroke-dasharray": "3 2",
      }),
      s("circle", { cx: at, cy: y(earth[tight.sample] ?? 0), r: 3.6, fill: "#fff", stroke: INK, "stroke-width": 1.6 }),
    );
  }
  return picture;
}

function mast(x: number, foot: number, top: number, label: string, side: "start" | "end"): SVGElement[] {
  return [
    s("line", { x1: x, x2: x, y1: foot, y2: top, stroke: INK, "stroke-width": 3.4, class: "mast" }),
    s("circle", { cx: x, cy: top, r: 3.4, fill: SIGHT, stroke: "#fff", "stroke-width": 1.2 }),
    s("text", { x: side === "start" ? x + 7 : x - 7, y: top - 6, class: `label ${side === "end" ? "end" : ""}` }, label),
  ];
}

function clip(text: string): string {
  return text.length > 26 ? `${text.slice(0, 25)}…` : text;
}

function key(speech: Speech, numbers: { k: number; free: number }): HTMLElement {
  const entry = (paint: Record<string, string | number>, label: string): HTMLElement =>
    h("li", {}, s("svg", { viewBox: "0 0 18 10", width: 18, height: 10, "aria-hidden": "true" }, s("rect", paint)), label);
  const whole = { width: 18, height: 10 };
  return h(
    "ul",
    { class: "profile-key" },
    entry({ ...whole, fill: GROUND }, speech.text("profileGround", { k: speech.number(numbers.k, 2) })),
    entry({ ...whole, fill: CURVE }, speech.text("profileBulge")),
    entry({ width: 18, height: 3, y: 3.5, fill: SIGHT }, speech.text("profileSight")),
    entry({ ...whole, fill: ZONE, "fill-opacity": 0.35 }, speech.text("profileZone", { free: speech.percent(numbers.free, 0) })),
  );
}
