/** How each technology, line and place looks: colour, shape and dash together, so that no meaning hangs on colour alone. */

import { s } from "./dom";
import type { Technology } from "./api";

export const FONT = "Alcance";
export const FONT_BOLD = "Alcance Semibold";
export const INK = "#17282d";

export interface Mark {
  colour: string;
  shape: "circle" | "ring" | "triangle" | "square" | "diamond" | "hexagon" | "cross" | "star" | "mast";
  hollow?: boolean; // only its outline, where the same shape filled says more
}

/** Okabe and Ito's palette, which readers with any kind of colour blindness tell apart, darkened for a light ground. */
export const TECHNOLOGIES: Record<Technology, Mark> = {
  existing: { colour: "#17282d", shape: "ring" },
  fibre: { colour: "#0072b2", shape: "circle" },
  ptp: { colour: "#d55e00", shape: "triangle" },
  ptmp: { colour: "#e69f00", shape: "square" },
  shared_satellite: { colour: "#009e73", shape: "hexagon" },
  satellite: { colour: "#aa3f8f", shape: "diamond" },
  none: { colour: "#6b7478", shape: "cross" },
};

export const PLACES: Record<string, Mark> = {
  pop: { colour: "#17282d", shape: "star" },
  gateway: { colour: "#009e73", shape: "star" },
  mast: { colour: "#8a4b12", shape: "mast" },
};

export interface Stroke {
  colour: string;
  width: number;
  dash?: number[]; // in line widths
  hollow?: boolean; // a light core, as maps draw what lies unused
}

export const LINES: Record<string, Stroke> = {
  fibre_lit: { colour: "#0b3c6f", width: 4 },
  fibre_dark: { colour: "#0b3c6f", width: 4, hollow: true },
  fibre_new: { colour: "#0072b2", width: 3 },
  fibre_distribution: { colour: "#1f7fc0", width: 2.2 },
  fibre_road: { colour: "#00705a", width: 2.4, dash: [5, 1.4, 1, 1.4] },
  fibre_drop: { colour: "#4a90c2", width: 1.4 },
  ptp: { colour: "#d55e00", width: 1.8, dash: [6, 2] },
  ptp_end: { colour: "#d55e00", width: 1.4, dash: [6, 2] },
  client: { colour: "#b97a00", width: 1.2, dash: [1, 1.6] },
};

export const INFERRED_DASH = [2.2, 1.3];

/** A line of a kind that this page does not know yet is still drawn. */
export const PLAIN_LINE: Stroke = { colour: "#59666b", width: 1.6 };

export const strokeOf = (kind: string): Stroke => LINES[kind] ?? PLAIN_LINE;

export const markOf = (technology: string): Mark => TECHNOLOGIES[technology as Technology] ?? TECHNOLOGIES.none;

/** The order of a legend: known kinds first, as listed above, then others by name. */
export function ordered(known: Record<string, unknown>, present: string[]): string[] {
  const rank = Object.keys(known);
  const place = (kind: string): number => (rank.includes(kind) ? rank.indexOf(kind) : rank.length);
  return [...present].sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

const polygon = (corners: number, radius: number, turn: number): [number, number][] =>
  Array.from({ length: corners }, (_, i) => {
    const angle = turn + (2 * Math.PI * i) / corners;
    return [12 + radius * Math.cos(angle), 12 + radius * Math.sin(angle)];
  });

/** Path data of a mark in a box of 24 by 24. */
export function outline(shape: Mark["shape"]): string {
  const closed = (points: [number, number][]): string =>
    `M${points.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L")}Z`;
  switch (shape) {
    case "circle":
    case "ring":
      return "M12 4.4a7.6 7.6 0 1 0 0 15.2a7.6 7.6 0 1 0 0-15.2Z";
    case "triangle":
      return closed(polygon(3, 10, -Math.PI / 2));
    case "square":
      return "M5 5H19V19H5Z";
    case "diamond":
      return closed(polygon(4, 10, 0));
    case "hexagon":
      return closed(polygon(6, 9, 0));
    case "cross":
      return "M6 6L18 18M18 6L6 18";
    case "mast":
      return "M12 4.5V20M6.5 20.5L12 4.5L17.5 20.5M8.6 14.6H15.4";
    case "star": {
      const far = polygon(5, 10.5, -Math.PI / 2);
      const near = polygon(5, 4.8, -Math.PI / 2 + Math.PI / 5);
      return closed(far.flatMap((point, i) => [point, near[i] ?? point]));
    }
  }
}

export interface Paint {
  fill: string;
  stroke: string;
  width: number;
}

export function paintOf(mark: Mark): Paint {
  if (mark.hollow) return { fill: "#ffffff", stroke: mark.colour, width: 3 };
  if (mark.shape === "ring") return { fill: "#ffffff", stroke: mark.colour, width: 3.4 };
  if (mark.shape === "cross") return { fill: "none", stroke: mark.colour, width: 3.4 };
  if (mark.shape === "mast") return { fill: "none", stroke: mark.colour, width: 2.4 };
  return { fill: mark.colour, stroke: "#ffffff", width: 1.6 };
}

/** A mark as it stands in the legend, the panel and the table. */
export function markIcon(mark: Mark, size = 18): SVGSVGElement {
  const paint = paintOf(mark);
  return s(
    "svg",
    { viewBox: "0 0 24 24", width: size, height: size, class: "mark", "aria-hidden": "true" },
    s("path", {
      d: outline(mark.shape),
      fill: paint.fill,
      stroke: paint.stroke,
      "stroke-width": paint.width,
      "stroke-linejoin": "round",
      "stroke-linecap": "round",
      "paint-order": paint.fill === "none" || mark.hollow || mark.shape === "ring" ? "normal" : "stroke",
    }),
  );
}

/** A stretch of line as it stands in the legend and in the path of a site. */
export function lineIcon(stroke: Stroke, inferred: boolean, width = 34): SVGSVGElement {
  const dash = inferred ? INFERRED_DASH : stroke.dash;
  const shared = { x1: 1, y1: 7, x2: width - 1, y2: 7 };
  const svg = s(
    "svg",
    { viewBox: `0 0 ${width} 14`, width, height: 14, class: "stroke", "aria-hidden": "true" },
    s("line", {
      ...shared,
      stroke: stroke.colour,
      "stroke-width": stroke.width,
      "stroke-dasharray": dash ? dash.map((part) => part * stroke.width).join(" ") : null,
    }),
  );
  if (stroke.hollow) svg.append(s("line", { ...shared, stroke: "#ffffff", "stroke-width": stroke.width - 2.2 }));
  return svg;
}
