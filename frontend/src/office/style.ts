/** What is drawn, and how, as a function of what the legend leaves. */

import type { ExpressionSpecification, FilterSpecification, LayerSpecification, StyleSpecification, VectorSourceSpecification } from "../maplibre";
import { LAND, LINES, ORDER, RAMPS, SEA } from "./look";
import type { Config, Shown, Tiles } from "./page";

export type Position = [lon: number, lat: number];

/** The whole style; `chosen` is what is ringed. */
export function styleOf(tiles: Config["tiles"], shown: Shown, chosen: Position | null): StyleSpecification {
  const source = (name: Tiles): VectorSourceSpecification => {
    const [minzoom, maxzoom] = tiles[name].zooms;
    return { type: "vector", tiles: [`alcance://${name}/{z}/{x}/{y}`], minzoom, maxzoom };
  };
  return {
    version: 8,
    sources: {
      land: source("land"),
      areas: source("areas"),
      sites: source("sites"),
      chosen: { type: "geojson", data: { type: "FeatureCollection", features: chosen ? [point(chosen)] : [] } },
    },
    layers: [...groundLayers(shown.fill), ...lineLayers(shown.lines), ...siteLayers(shown), ...nameLayers()],
  };
}

const point = (at: Position): GeoJSON.Feature => ({ type: "Feature", geometry: { type: "Point", coordinates: at }, properties: {} });

function fillOf(fill: Shown["fill"]): ExpressionSpecification | string {
  if (!fill) return LAND;
  const ramp = RAMPS[fill];
  if (fill === "need") return ["match", ["get", "quintile"], 1, ramp[0], 2, ramp[1], 3, ramp[2], 4, ramp[3], 5, ramp[4], LAND];
  return ["case", ["!", ["has", "verified"]], LAND, ["step", ["get", "verified"], ramp[0], 0.1, ramp[1], 0.3, ramp[2], 0.5, ramp[3], 0.75, ramp[4]]];
}

function groundLayers(fill: Shown["fill"]): LayerSpecification[] {
  return [
    { id: "sea", type: "background", paint: { "background-color": SEA } },
    { id: "land", type: "fill", source: "land", "source-layer": "states", maxzoom: 7, paint: { "fill-color": LAND } },
    {
      id: "areas",
      type: "fill",
      source: "areas",
      "source-layer": "areas",
      minzoom: fill ? 4 : 7,
      paint: { "fill-color": fillOf(fill), "fill-antialias": false },
    },
    {
      id: "towns",
      type: "line",
      source: "areas",
      "source-layer": "areas",
      minzoom: 7,
      paint: { "line-color": "#d8d2c4", "line-width": ["interpolate", ["linear"], ["zoom"], 7, 0.5, 11, 1.2] },
    },
    {
      id: "borders",
      type: "line",
      source: "land",
      "source-layer": "borders",
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": "#a79f8c", "line-width": ["interpolate", ["linear"], ["zoom"], 3, 0.6, 8, 1.4, 12, 2.2] },
    },
  ];
}

function lineLayers(media: string[]): LayerSpecification[] {
  return Object.entries(LINES).map(([medium, stroke]) => ({
    id: `line-${medium}`,
    type: "line",
    source: "sites",
    "source-layer": "coverage",
    filter: ["==", ["get", "medium"], medium],
    layout: { visibility: media.includes(medium) ? "visible" : "none", "line-join": "round", "line-cap": stroke.dash ? "butt" : "round" },
    paint: {
      "line-color": stroke.colour,
      "line-width": ["interpolate", ["linear"], ["zoom"], 5, stroke.width * 0.4, 12, stroke.width],
      ...(stroke.dash ? { "line-dasharray": stroke.dash } : {}),
    },
  }));
}

function siteLayers(shown: Shown): LayerSpecification[] {
  const kind: FilterSpecification = shown.kind ? ["==", ["get", "kind"], shown.kind] : true;
  const rank: ExpressionSpecification = ["match", ["get", "state"], ...ORDER.flatMap((state, i) => [state, i]), 0] as unknown as ExpressionSpecification;
  // A crowd is larger by the root of its size, so that area tells number; what few sites share must not cover it.
  const crowd: ExpressionSpecification = ["min", 2.6, ["+", 0.62, ["*", 0.24, ["sqrt", ["get", "count"]]]]];
  const order: ExpressionSpecification = ["+", ["*", 100, ["get", "count"]], rank];
  const size = (part: number): ExpressionSpecification => ["*", part, crowd];
  return [
    {
      id: "sites",
      type: "symbol",
      source: "sites",
      "source-layer": "sites",
      filter: ["all", ["in", ["get", "state"], ["literal", shown.states]], kind],
      layout: {
        "icon-image": ["concat", "state-", ["get", "state"]],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 3, size(0.2), 5, size(0.3), 7, size(0.4), 10, size(0.55), 13, size(0.85), 16, size(1.2)],
        "icon-overlap": "always",
        "icon-ignore-placement": true,
        "symbol-sort-key": order,
      },
    },
    {
      id: "chosen",
      type: "circle",
      source: "chosen",
      paint: { "circle-radius": 13, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": "#17282d", "circle-stroke-width": 3 },
    },
  ];
}

function nameLayers(): LayerSpecification[] {
  return [
    names("town-names", "areas", "area_names", 8.5, 12, "#6f6857"),
    names("state-names", "land", "state_names", 3.5, 13, "#4c4636", 8.5),
  ];
}

function names(id: string, source: string, layer: string, first: number, size: number, colour: string, last = 24): LayerSpecification {
  return {
    id,
    type: "symbol",
    source,
    "source-layer": layer,
    minzoom: first,
    maxzoom: last,
    layout: { "text-field": ["get", "name"], "text-font": ["sans-serif"], "text-size": size, "text-max-width": 8, "symbol-sort-key": ["-", 0, ["get", "sites"]] },
    paint: { "text-color": colour, "text-halo-color": "rgba(255,255,255,.9)", "text-halo-width": 1.6 },
  };
}
