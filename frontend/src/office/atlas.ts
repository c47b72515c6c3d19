/** The map itself: tiles of ours alone, read by ranges out of two files. */

import { icon } from "../icon";
import {
  type ExpressionSpecification,
  type FilterSpecification,
  type GeoJSONSource,
  type LayerSpecification,
  Map as MapLibre,
  type MapGeoJSONFeature,
  NavigationControl,
  type PointLike,
  ScaleControl,
  addProtocol,
} from "../maplibre";
import type { OfficeSpeech } from "../words/office";
import { Archive } from "./archive";
import { LAND, LINES, ORDER, RAMPS, SEA, STATES } from "./look";
import type { Config, Place, Shown } from "./page";
import type { AreaFacts, Panel, SiteFacts } from "./panel";

const CLICK_REACH_PX = 8;
const KEY_REACH_PX = 40;
const SITE_ZOOM = 14;
const AREA_ZOOM = { municipality: 10, locality: 13 };
const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

export class Atlas {
  private readonly map: MapLibre;

  constructor(
    container: HTMLElement,
    private readonly config: Config,
    speech: OfficeSpeech,
    private readonly panel: Panel,
    private shown: Shown,
  ) {
    serve({ sites: config.sites, areas: config.areas });
    const wide = container.clientWidth > 760;
    this.map = new MapLibre({
      container,
      style: {
        version: 8,
        sources: {
          areas: { type: "vector", url: "alcance://areas" },
          sites: { type: "vector", url: "alcance://sites" },
          chosen: { type: "geojson", data: NOTHING },
        },
        layers: [...groundLayers(), ...lineLayers(), ...siteLayers()],
      },
      bounds: config.bounds,
      fitBoundsOptions: { padding: { top: 24, right: 24, bottom: 24, left: wide ? 330 : 24 } },
      hash: "at",
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxPitch: 0,
      minZoom: 2,
      maxZoom: 18,
      fadeDuration: 0,
      locale: { "NavigationControl.ZoomIn": speech.text("zoomIn"), "NavigationControl.ZoomOut": speech.text("zoomOut"), "Map.Title": speech.text("map") },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
    this.map.addControl(new ScaleControl({ maxWidth: 110, unit: "metric" }), "bottom-right");
    for (const [state, mark] of Object.entries(STATES)) this.map.addImage(`state-${state}`, icon(mark), { pixelRatio: 2 });
    this.map.once("load", () => {
      this.show(this.shown);
      this.listen();
    });
    this.map.once("idle", () => container.setAttribute("data-ready", "true"));
    // For the console, and for tests that need to know where a site lies on the screen.
    Object.assign(container, { atlas: this.map });
  }

  /** Draw what the legend leaves. */
  show(shown: Shown): void {
    this.shown = shown;
    if (!this.map.getLayer("sites")) return;
    const kind: FilterSpecification = shown.kind ? ["==", ["get", "kind"], shown.kind] : true;
    this.map.setFilter("sites", ["all", ["in", ["get", "state"], ["literal", shown.states]], kind]);
    this.map.setPaintProperty("areas", "fill-color", fillOf(shown.fill));
    this.map.setLayoutProperty("areas", "visibility", "visible");
    this.map.setLayerZoomRange("areas", shown.fill ? 4 : 7, 24);
    for (const medium of Object.keys(LINES))
      this.map.setLayoutProperty(`line-${medium}`, "visibility", shown.lines.includes(medium) ? "visible" : "none");
  }

  /** Lead to a place that was searched for, and show what is there. */
  go(place: Place): void {
    const zoom = place.type === "site" ? SITE_ZOOM : AREA_ZOOM[place.type];
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map[still ? "jumpTo" : "flyTo"]({ center: [place.lon, place.lat], zoom, ...(still ? {} : { duration: 1200 }) });
    this.mark([place.lon, place.lat]);
    if (place.type === "site" && place.id !== undefined) {
      const { id, name, key, kind = "", state = "" } = place;
      this.panel.sites([{ id, name, key, kind, state, count: 1 }], () => undefined);
    } else this.panel.close();
  }

  /** Ring what was chosen. */
  mark(at: [number, number] | null): void {
    const feature: GeoJSON.Feature | null = at ? { type: "Feature", geometry: { type: "Point", coordinates: at }, properties: {} } : null;
    this.map.getSource<GeoJSONSource>("chosen")?.setData(feature ? { type: "FeatureCollection", features: [feature] } : NOTHING);
  }

  private listen(): void {
    this.map.on("click", (event) => this.choose(event.point));
    // Who moves the map with the keys chooses what lies in its middle.
    this.map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      this.choose(this.map.project(this.map.getCenter()), KEY_REACH_PX);
    });
    this.map.on("mousemove", (event) => {
      this.map.getCanvas().style.cursor = this.near(event.point, CLICK_REACH_PX).length > 0 ? "pointer" : "";
    });
  }

  private near(point: { x: number; y: number }, reach: number): MapGeoJSONFeature[] {
    const box: [PointLike, PointLike] = [[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]];
    const away = (feature: MapGeoJSONFeature): number => {
      const at = this.map.project(placeOf(feature));
      return Math.hypot(at.x - point.x, at.y - point.y);
    };
    return this.map.queryRenderedFeatures(box, { layers: ["sites"] }).sort((a, b) => away(a) - away(b) || Number(a.properties["id"]) - Number(b.properties["id"]));
  }

  private choose(point: { x: number; y: number }, reach = CLICK_REACH_PX): void {
    const near = this.near(point, reach);
    const first = near[0];
    if (!first) {
      this.mark(null);
      const area = this.shown.fill ? this.map.queryRenderedFeatures([point.x, point.y], { layers: ["areas"] })[0] : undefined;
      if (area) this.panel.area(area.properties as unknown as AreaFacts);
      else this.panel.close();
      return;
    }
    const place = placeOf(first);
    this.mark(place);
    // Buildings that are shared hold several sites at one point.
    const same = near.filter((one) => one.properties["count"] === 1 && same5(placeOf(one), place));
    const facts = (first.properties["count"] > 1 ? [first] : same).map((one) => one.properties as unknown as SiteFacts);
    const unique = [...new Map(facts.map((one) => [one.id, one])).values()];
    void this.named(unique).then((known) =>
      this.panel.sites(known, () => this.map.easeTo({ center: place, zoom: Math.min(this.map.getZoom() + 2.5, this.config.whole + 1) })),
    );
  }

  /** From afar tiles hold no names; the office is asked for them. */
  private named(sites: SiteFacts[]): Promise<SiteFacts[]> {
    return Promise.all(
      sites.map(async (site) => {
        if (site.name || site.count > 1) return site;
        const answer = await fetch(`${this.config.site}${site.id}`);
        return answer.ok ? { ...site, ...((await answer.json()) as Partial<SiteFacts>) } : site;
      }),
    );
  }
}

/** Answer the map's own addresses, "alcance://sites" and "alcance://sites/4/3/6", out of the files. */
function serve(files: Record<string, string>): void {
  const archives = new Map(Object.entries(files).map(([name, path]) => [name, new Archive(new URL(path, document.baseURI).href)]));
  addProtocol("alcance", async ({ url }, { signal }) => {
    const [name = "", z, x, y] = url.slice("alcance://".length).split("/");
    const archive = archives.get(name);
    if (!archive) throw new Error(`no tiles are called ${name}`);
    if (z === undefined) return { data: { tilejson: "3.0.0", tiles: [`alcance://${name}/{z}/{x}/{y}`], ...(await archive.zooms()) } };
    return { data: (await archive.tile(Number(z), Number(x), Number(y), signal)) ?? new ArrayBuffer(0) };
  });
}

const placeOf = (feature: MapGeoJSONFeature): [number, number] => (feature.geometry as GeoJSON.Point).coordinates as [number, number];

const same5 = (a: [number, number], b: [number, number]): boolean => Math.abs(a[0] - b[0]) < 1e-5 && Math.abs(a[1] - b[1]) < 1e-5;

function fillOf(fill: Shown["fill"]): ExpressionSpecification | string {
  if (!fill) return LAND;
  const ramp = RAMPS[fill];
  if (fill === "need") return ["match", ["get", "quintile"], 1, ramp[0], 2, ramp[1], 3, ramp[2], 4, ramp[3], 5, ramp[4], LAND];
  return ["case", ["!", ["has", "verified"]], LAND, ["step", ["get", "verified"], ramp[0], 0.1, ramp[1], 0.3, ramp[2], 0.5, ramp[3], 0.75, ramp[4]]];
}

function groundLayers(): LayerSpecification[] {
  return [
    { id: "sea", type: "background", paint: { "background-color": SEA } },
    { id: "land", type: "fill", source: "areas", "source-layer": "states", maxzoom: 7, paint: { "fill-color": LAND } },
    { id: "areas", type: "fill", source: "areas", "source-layer": "areas", minzoom: 7, paint: { "fill-color": LAND, "fill-antialias": false } },
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
      source: "areas",
      "source-layer": "borders",
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": "#a79f8c", "line-width": ["interpolate", ["linear"], ["zoom"], 3, 0.6, 8, 1.4, 12, 2.2] },
    },
  ];
}

function lineLayers(): LayerSpecification[] {
  return Object.entries(LINES).map(([medium, stroke]) => ({
    id: `line-${medium}`,
    type: "line",
    source: "sites",
    "source-layer": "coverage",
    filter: ["==", ["get", "medium"], medium],
    layout: { visibility: "none", "line-join": "round", "line-cap": stroke.dash ? "butt" : "round" },
    paint: {
      "line-color": stroke.colour,
      "line-width": ["interpolate", ["linear"], ["zoom"], 5, stroke.width * 0.4, 12, stroke.width],
      ...(stroke.dash ? { "line-dasharray": stroke.dash } : {}),
    },
  }));
}

function siteLayers(): LayerSpecification[] {
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
    names("town-names", "area_names", 8.5, 12, "#6f6857"),
    names("state-names", "state_names", 3.5, 13, "#4c4636", 8.5),
  ];
}

function names(id: string, layer: string, first: number, size: number, colour: string, last = 24): LayerSpecification {
  return {
    id,
    type: "symbol",
    source: "areas",
    "source-layer": layer,
    minzoom: first,
    maxzoom: last,
    layout: { "text-field": ["get", "name"], "text-font": ["sans-serif"], "text-size": size, "text-max-width": 8, "symbol-sort-key": ["-", 0, ["get", "sites"]] },
    paint: { "text-color": colour, "text-halo-color": "rgba(255,255,255,.9)", "text-halo-width": 1.6 },
  };
}
