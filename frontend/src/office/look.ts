/** How each state of a site looks: hue by phase, filled or hollow by how far it is, and no shape and filling twice. */

import type { Mark, Stroke } from "../look";

export const STATES: Record<string, Mark> = {
  operating: { colour: "#00795a", shape: "circle" },
  degraded: { colour: "#d55e00", shape: "star" },
  down: { colour: "#b3261e", shape: "cross" },
  verified: { colour: "#00795a", shape: "hexagon", hollow: true },
  installed: { colour: "#c77700", shape: "square" },
  ordered: { colour: "#c77700", shape: "square", hollow: true },
  contracted: { colour: "#0068a8", shape: "diamond" },
  planned: { colour: "#0068a8", shape: "diamond", hollow: true },
  approved: { colour: "#9c3f86", shape: "triangle" },
  nominated: { colour: "#9c3f86", shape: "triangle", hollow: true },
  registered: { colour: "#75858b", shape: "ring" },
  relocated: { colour: "#17282d", shape: "hexagon" },
};

/** What stands above the rest where marks overlap: first what fails, then what works. */
export const ORDER = [
  "registered", "nominated", "approved", "planned", "contracted", "ordered", "relocated", "installed", "verified",
  "operating", "degraded", "down",
];

export const LINES: Record<string, Stroke> = {
  fibre: { colour: "#0b3c6f", width: 2.6 },
  radio: { colour: "#b24a00", width: 1.8, dash: [5, 2] },
};

/** Five steps each, from least to most; the programme's attention in warm tones, what is proven in green. */
export const RAMPS = {
  need: ["#fff4dc", "#fbdca4", "#f3b969", "#dd8b3a", "#b65d17"],
  verified: ["#f1efe9", "#d4e8d9", "#a3d0b1", "#64ad84", "#2c7f58"],
} as const;

export const LAND = "#fbfaf6";
export const SEA = "#dbe6e9";
