/** The map itself: MapLibre with what the plan folder holds, and no tile, font or picture from anywhere else. */

import {
  type ExpressionSpecification,
  type LayerSpecification,
  LngLatBounds,
  Map as MapLibre,
  NavigationControl,
  Popup,
  ScaleControl,
} from "./maplibre";

import { type SiteDetail, type Summary, readEdge } from "./api";
import { h } from "./dom";
import { icon } from "./icon";
import type { Hidden } from "./legend";
import {
  FONT,
  FONT_BOLD,
  INFERRED_DASH,
  INK,
  LINES,
  PLACES,
  TECHNOLOGIES,
  ordered,
  strokeOf,
} from "./look";
import { RADIO, linkFacts } from "./panel";
import type { Speech } from "./words";

const PAPER = "#f3f1ea";
const BEYOND = "#e4eaeb"; // other countries and the sea, which a plan does not tell apart
const LAND = "#fbfaf6";
const DIMMED = 0.22;
const CLICK_REACH_PX = 7;
const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

const address = (path: string): string => new URL(path, document.baseURI).href;

/** Grows with the zoom: `size` is what it measures at zoom 12. Small from afar, where ten thousand sites must fit. */
const grow = (size: number | ExpressionSpecification): ExpressionSpecification => [
  "interpolate",
  ["linear"],
  ["zoom"],
  ...[[5, 0.2], [7, 0.34], [8.5, 0.52], [10, 0.74], [12, 1], [16, 1.9]].flatMap(
    ([zoom = 0, part = 0]): (number | ExpressionSpecification)[] => [zoom, ["*", part, size]],
  ),
] as unknown as ExpressionSpecification;

export class PlanMap {
  private readonly map: MapLibre;
  private readonly kinds: string[];
  private readonly hint = new Popup({ closeButton: false, closeOnClick: false, offset: 12, className: "hint" });
  private readonly note = new Popup({ closeButton: true, closeOnClick: true, maxWidth: "300px", className: "note" });
  private selected: SiteDetail | null = null;
  private ready = false;

  constructor(
    container: HTMLElement,
    private readonly summary: Summary,
    private speech: Speech,
    private readonly hidden: Hidden,
    private readonly choose: (id: string) => void,
  ) {
    this.kinds = ordered(LINES, Object.keys(summary.map.lines));
    this.map = new MapLibre({
      container,
      style: { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": summary.map.context ? BEYOND : PAPER } }] },
      bounds: summary.map.bounds,
      fitBoundsOptions: { padding: this.padding(container, 40) },
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxPitch: 0,
      maxZoom: 17,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
    this.map.addControl(new ScaleControl({ maxWidth: 110, unit: "metric" }), "bottom-right");
    this.map.once("style.load", () => {
      this.draw();
      this.listen();
      this.ready = true;
      this.toggle();
      this.mark();
      this.relabel(this.speech);
    });
    this.map.once("idle", () => container.setAttribute("data-ready", "true"));
    // For the console, and for tests that need to know where a site lies on the screen.
    Object.assign(container, { planMap: this.map });
  }

  /** Show a site with its way up, or the whole plan again. */
  select(site: SiteDetail | null): void {
    this.selected = site;
    this.note.remove();
    this.map.resize();
    if (this.ready) this.mark();
    if (!site) return;
    const around = new LngLatBounds([site.lon, site.lat], [site.lon, site.lat]);
    for (const step of site.path) for (const position of positions(step.geometry)) around.extend(position);
    this.map.fitBounds(around, { padding: this.padding(this.map.getContainer(), 60), maxZoom: 12.5, duration: 900 });
  }

  /** Show and hide what the legend says. */
  toggle(): void {
    if (!this.ready) return;
    const without = (property: string, kinds: Set<string>): ExpressionSpecification => [
      "!",
      ["in", ["get", property], ["literal", [...kinds]]],
    ];
    this.map.setFilter("sites", without("technology", this.hidden.technologies));
    this.map.setFilter("site-names", [
      "all",
      without("technology", this.hidden.technologies),
      [">=", ["get", "people"], ["step", ["zoom"], 8000, 8, 3000, 9, 1000, 10, 250, 11, 40, 12, 0]],
    ]);
    const placed = without("kind", this.hidden.places);
    this.map.setFilter("masts", ["all", placed, ["==", ["get", "kind"], "mast"]]);
    this.map.setFilter("entries", ["all", placed, ["!=", ["get", "kind"], "mast"]]);
    this.map.setFilter("place-names", [
      "all",
      placed,
      ["match", ["get", "kind"], "pop", true, "gateway", [">=", ["zoom"], 9.5], false],
    ]);
    for (const kind of this.kinds)
      for (const id of this.lineLayers(kind))
        this.map.setLayoutProperty(id, "visibility", this.hidden.lines.has(kind) ? "none" : "visible");
  }

  /** Speak another language. */
  relabel(speech: Speech): void {
    this.speech = speech;
    if (this.ready) this.mark();
    const container = this.map.getContainer();
    const title = `${speech.text("viewMap")}: ${this.summary.pack.title}`;
    this.map.getCanvas().setAttribute("aria-label", title);
    for (const [name, label] of [["in", "zoomIn"], ["out", "zoomOut"]] as const) {
      const button = container.querySelector(`.maplibregl-ctrl-zoom-${name}`);
      button?.setAttribute("aria-label", speech.text(label));
      button?.setAttribute("title", speech.text(label));
    }
  }

  private padding(container: HTMLElement, all: number): { top: number; bottom: number; left: number; right: number } {
    // The legend lies over the left edge where there is room for it.
    const left = container.clientWidth > 700 ? 300 : 0;
    return { top: all, bottom: all, left: left + all, right: all };
  }

  private lineLayers(kind: string): string[] {
    return ["line", "dash", ...(strokeOf(kind).hollow ? ["core"] : [])].map((part) => `${part}-${kind}`);
  }

  private draw(): void {
    for (const [group, marks] of [["site", TECHNOLOGIES], ["place", PLACES]] as const)
      for (const [kind, mark] of Object.entries(marks)) this.map.addImage(`${group}-${kind}`, icon(mark), { pixelRatio: 2 });
    for (const name of ["sites", "lines", "places"] as const)
      this.map.addSource(name, { type: "geojson", data: address(`api/${name}.geojson`) });
    this.map.addSource("net", { type: "geojson", data: graticule(this.summary.map.bounds) });
    this.map.addSource("path", { type: "geojson", data: EMPTY });
    if (this.summary.map.context) {
      this.map.addSource("context", { type: "geojson", data: address("api/context.geojson") });
      for (const layer of contextLayers()) this.map.addLayer(layer);
    }
    this.map.addLayer({ id: "net", type: "line", source: "net", paint: { "line-color": "#8fa3a8", "line-opacity": 0.35, "line-width": 0.7 } });
    this.map.addLayer({
      id: "net-names",
      type: "symbol",
      source: "net",
      layout: { "symbol-placement": "line", "symbol-spacing": 900, "text-field": ["get", "name"], "text-font": [FONT], "text-size": 11 },
      paint: { "text-color": "#74878c", "text-halo-color": PAPER, "text-halo-width": 1.2 },
    });
    // Thin radio hops first, so that the fibre they hang from stays readable.
    for (const kind of [...this.kinds].reverse()) for (const layer of lineLayers(kind)) this.map.addLayer(layer);
    for (const layer of pointLayers()) this.map.addLayer(layer);
    for (const layer of pathLayers(this.kinds)) this.map.addLayer(layer);
  }

  private mark(): void {
    const site = this.selected;
    const source = this.map.getSource("path") as unknown as { setData(data: GeoJSON.FeatureCollection): void };
    source.setData(site ? pathFeatures(site, this.speech) : EMPTY);
    const shown = site ? DIMMED : 0.9;
    for (const kind of this.kinds)
      for (const id of this.lineLayers(kind)) this.map.setPaintProperty(id, "line-opacity", shown);
    this.map.setPaintProperty("sites", "icon-opacity", site ? 0.35 : 1);
    for (const id of ["masts", "entries"]) this.map.setPaintProperty(id, "icon-opacity", site ? 0.45 : 1);
    this.map.setPaintProperty("site-names", "text-opacity", site ? 0.45 : 1);
    this.map.setLayoutProperty("place-names", "visibility", site ? "none" : "visible");
  }

  private listen(): void {
    const pointed = (at: { x: number; y: number }, layers: string[]) => {
      const reach = CLICK_REACH_PX;
      return this.map.queryRenderedFeatures([[at.x - reach, at.y - reach], [at.x + reach, at.y + reach]], { layers });
    };
    const lines = this.kinds.flatMap((kind) => this.lineLayers(kind));
    this.map.on("click", (event) => {
      const near = pointed(event.point, ["sites"]).sort(
        (a, b) => distance(event.lngLat, a.geometry) - distance(event.lngLat, b.geometry),
      );
      const site = near[0];
      if (site) {
        this.choose(String(site.properties["site_id"]));
        return;
      }
      const edge = pointed(event.point, ["entries", "masts", ...lines])[0];
      if (edge?.properties["edge_id"]) void this.explain(String(edge.properties["edge_id"]), event.lngLat);
      else if (edge) this.explainMast(edge.properties, event.lngLat);
    });
    this.map.on("mousemove", (event) => {
      const over = pointed(event.point, ["sites"])[0];
      const other = over ?? pointed(event.point, ["entries", "masts", ...lines])[0];
      this.map.getCanvas().style.cursor = other ? "pointer" : "";
      if (!over || over.geometry.type !== "Point") {
        this.hint.remove();
        return;
      }
      const people = Number(over.properties["people"]);
      this.hint
        .setLngLat(over.geometry.coordinates as [number, number])
        .setDOMContent(
          h(
            "div",
            {},
            h("strong", {}, String(over.properties["name"])),
            h("span", {}, this.speech.name("technology", String(over.properties["technology"]))),
            people > 0 ? h("span", {}, this.speech.plural("people", people)) : null,
          ),
        )
        .addTo(this.map);
    });
    this.map.on("mouseout", () => this.hint.remove());
  }

  private async explain(id: string, at: { lng: number; lat: number }): Promise<void> {
    const edge = await readEdge(id);
    const { speech } = this;
    const ends = [speech.place(edge.from_name, edge.from_place), speech.place(edge.to_name, edge.to_place)];
    const names = ends.filter((name, i, all) => name && all.indexOf(name) === i);
    const length = edge.length_m ? speech.length(edge.length_m) : null;
    this.tell(at, speech.words.place[edge.kind] ?? speech.name("kind", edge.kind), edge.inferred, [
      names.join(" – "),
      [length, speech.money(edge.price)].filter(Boolean).join(" · "),
      this.behind(edge.sites_below, edge.people_below),
    ], RADIO.has(edge.kind) ? linkFacts(edge, speech) : null);
  }

  private explainMast(mast: Record<string, unknown>, at: { lng: number; lat: number }): void {
    const { speech } = this;
    this.tell(at, speech.words.place["mast"] ?? "", false, [
      String(mast["name"] ?? ""),
      speech.text("mastHeight", { height: speech.metres(Number(mast["height_m"])) }),
      this.behind(Number(mast["sites_below"]), Number(mast["people_below"])),
    ]);
  }

  private behind(sites: number, people: number): string {
    return `${this.speech.plural("lineSites", sites)} · ${this.speech.plural("linePeople", people)}`;
  }

  private tell(at: { lng: number; lat: number }, title: string, inferred: boolean, lines: string[], facts: HTMLElement | null = null): void {
    const tag = inferred ? h("span", { class: "tag" }, this.speech.text("inferred")) : null;
    const rows = lines.filter(Boolean).map((line) => h("span", {}, line));
    this.note
      .setLngLat([at.lng, at.lat])
      .setDOMContent(h("div", { class: "edge-note" }, h("strong", {}, title), tag, ...rows, facts))
      .addTo(this.map);
  }
}

function lineLayers(kind: string): LayerSpecification[] {
  const stroke = strokeOf(kind);
  const layer = (part: string, inferred: boolean | null, colour: string, width: number, dash?: number[]): LayerSpecification => ({
    id: `${part}-${kind}`,
    type: "line",
    source: "lines",
    filter: inferred === null ? ["==", ["get", "kind"], kind] : ["all", ["==", ["get", "kind"], kind], ["==", ["get", "inferred"], inferred]],
    layout: { "line-cap": dash ? "butt" : "round", "line-join": "round" },
    paint: {
      "line-color": colour,
      "line-width": grow(width),
      ...(dash ? { "line-dasharray": dash } : {}),
    },
  });
  return [
    layer("line", false, stroke.colour, stroke.width, stroke.dash),
    layer("dash", true, stroke.colour, stroke.width, INFERRED_DASH),
    ...(stroke.hollow ? [layer("core", null, "#ffffff", stroke.width * 0.45)] : []),
  ];
}

function pointLayers(): LayerSpecification[] {
  const bySize: ExpressionSpecification = ["step", ["get", "people"], 0.62, 50, 0.74, 500, 0.92, 2500, 1.15, 10000, 1.4];
  return [
    {
      id: "masts",
      type: "symbol",
      source: "places",
      layout: {
        "icon-image": "place-mast",
        "icon-size": grow(0.7),
        "icon-overlap": "always",
        "icon-ignore-placement": true,
        "icon-offset": [0, -9], // it stands behind the site that carries it
      },
    },
    {
      id: "sites",
      type: "symbol",
      source: "sites",
      layout: {
        "icon-image": ["concat", "site-", ["get", "technology"]],
        "icon-size": grow(bySize),
        "icon-overlap": "always",
        "icon-ignore-placement": true,
        "symbol-sort-key": ["get", "people"],
      },
    },
    {
      id: "entries",
      type: "symbol",
      source: "places",
      layout: {
        "icon-image": ["concat", "place-", ["get", "kind"]],
        "icon-size": grow(1.15),
        "icon-overlap": "always",
        "icon-ignore-placement": true,
      },
    },
    {
      id: "site-names",
      type: "symbol",
      source: "sites",
      layout: {
        "text-field": ["get", "label"],
        "text-font": [FONT],
        "text-size": ["interpolate", ["linear"], ["zoom"], 8, 11.5, 14, 14],
        "text-variable-anchor": ["left", "right", "top", "bottom"],
        "text-radial-offset": 0.85,
        "text-justify": "auto",
        "text-max-width": 9,
        "symbol-sort-key": ["-", 0, ["get", "people"]],
      },
      paint: { "text-color": "#33454a", "text-halo-color": "#ffffff", "text-halo-width": 1.4 },
    },
    {
      id: "place-names",
      type: "symbol",
      source: "places",
      layout: {
        "text-field": ["get", "name"],
        "text-font": [FONT_BOLD],
        "text-size": ["interpolate", ["linear"], ["zoom"], 6, 11, 12, 14.5],
        "text-variable-anchor": ["left", "right", "top", "bottom"],
        "text-radial-offset": 1,
        "text-justify": "auto",
        "text-max-width": 9,
        "symbol-sort-key": ["match", ["get", "kind"], "pop", 0, 1],
      },
      paint: { "text-color": INK, "text-halo-color": "#ffffff", "text-halo-width": 1.6 },
    },
  ];
}

function pathLayers(kinds: string[]): LayerSpecification[] {
  const isLine: ExpressionSpecification = ["==", ["geometry-type"], "LineString"];
  const along = (kind: string, inferred: boolean): LayerSpecification => {
    const dash = inferred ? INFERRED_DASH : strokeOf(kind).dash;
    return {
      id: `path-${inferred ? "dash" : "line"}-${kind}`,
      type: "line",
      source: "path",
      filter: ["all", isLine, ["==", ["get", "kind"], kind], ["==", ["get", "inferred"], inferred]],
      layout: { "line-cap": "butt", "line-join": "round" },
      paint: {
        "line-color": strokeOf(kind).colour,
        "line-width": Math.max(3, strokeOf(kind).width),
        ...(dash ? { "line-dasharray": dash } : {}),
      },
    };
  };
  return [
    {
      id: "path-glow",
      type: "line",
      source: "path",
      filter: isLine,
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": "#ffd23f", "line-width": 11, "line-opacity": 0.85 },
    },
    ...kinds.flatMap((kind) => [along(kind, false), along(kind, true)]),
    {
      id: "path-stops",
      type: "circle",
      source: "path",
      filter: ["==", ["get", "role"], "stop"],
      paint: { "circle-radius": 5, "circle-color": "#ffffff", "circle-stroke-color": INK, "circle-stroke-width": 2.2 },
    },
    {
      id: "path-names",
      type: "symbol",
      source: "path",
      filter: ["has", "name"],
      layout: {
        "text-field": ["get", "name"],
        "text-font": [FONT_BOLD],
        "text-size": 14,
        "text-variable-anchor": ["left", "right", "top", "bottom"],
        "text-radial-offset": ["match", ["get", "role"], "site", 1.9, 1],
        "text-justify": "auto",
        "text-max-width": 10,
      },
      paint: { "text-color": INK, "text-halo-color": "#ffffff", "text-halo-width": 2 },
    },
    {
      id: "path-halo",
      type: "circle",
      source: "path",
      filter: ["==", ["get", "role"], "site"],
      paint: { "circle-radius": 15, "circle-color": "#ffd23f", "circle-opacity": 0.9, "circle-stroke-color": INK, "circle-stroke-width": 1.6 },
    },
    {
      id: "path-site",
      type: "symbol",
      source: "path",
      filter: ["==", ["get", "role"], "site"],
      layout: { "icon-image": ["concat", "site-", ["get", "kind"]], "icon-size": 0.95, "icon-overlap": "always", "icon-padding": 8 },
    },
  ];
}

function contextLayers(): LayerSpecification[] {
  const is = (...kinds: string[]): ExpressionSpecification => ["in", ["get", "kind"], ["literal", kinds]];
  return [
    { id: "land", type: "fill", source: "context", filter: is("land", "country"), paint: { "fill-color": LAND, "fill-antialias": false } },
    { id: "water", type: "fill", source: "context", filter: is("water"), paint: { "fill-color": "#bfd9e2" } },
    {
      id: "borders",
      type: "line",
      source: "context",
      filter: is("admin"),
      paint: { "line-color": "#d6cfbe", "line-width": ["interpolate", ["linear"], ["zoom"], 6, 0.4, 11, 1], "line-opacity": ["interpolate", ["linear"], ["zoom"], 11, 1, 13, 0.35] },
    },
    { id: "country-borders", type: "line", source: "context", filter: is("country"), paint: { "line-color": "#8b8572", "line-width": 1.4 } },
    {
      id: "admin-names",
      type: "symbol",
      source: "context",
      filter: is("admin_label"),
      minzoom: 9.5,
      layout: { "text-field": ["get", "name"], "text-font": [FONT], "text-size": 12, "text-letter-spacing": 0.08, "text-max-width": 8 },
      paint: { "text-color": "#9a9078", "text-halo-color": LAND, "text-halo-width": 1.2 },
    },
  ];
}

function pathFeatures(site: SiteDetail, speech: Speech): GeoJSON.FeatureCollection {
  const feature = (geometry: GeoJSON.Geometry, properties: Record<string, string | boolean>): GeoJSON.Feature => ({ type: "Feature", geometry, properties });
  const lines = site.path.filter((step) => step.geometry.type === "LineString");
  const stops = lines.map((step) => {
    // A line leads from the network down to the site, so its first position is the end farther up.
    const start = positions(step.geometry)[0] ?? [site.lon, site.lat];
    return feature({ type: "Point", coordinates: start }, { role: "stop", name: speech.place(step.from_name, step.from_place) });
  });
  return {
    type: "FeatureCollection",
    features: [
      ...lines.map((step) => feature(step.geometry, { kind: step.kind, inferred: step.inferred })),
      ...stops,
      feature({ type: "Point", coordinates: [site.lon, site.lat] }, { role: "site", kind: site.technology, name: site.name }),
    ],
  };
}

function positions(geometry: GeoJSON.LineString | GeoJSON.Point): [number, number][] {
  return (geometry.type === "Point" ? [geometry.coordinates] : geometry.coordinates) as [number, number][];
}

function distance(at: { lng: number; lat: number }, geometry: GeoJSON.Geometry): number {
  if (geometry.type !== "Point") return Number.POSITIVE_INFINITY;
  const [lon = 0, lat = 0] = geometry.coordinates;
  return Math.hypot(lon - at.lng, lat - at.lat);
}

/** Meridians and parallels, as many as give four or so across the plan, each named. */
function graticule([west, south, east, north]: [number, number, number, number]): GeoJSON.FeatureCollection {
  const widest = Math.max(east - west, north - south, 0.01);
  const step = [10, 5, 2, 1, 0.5, 0.25, 0.1, 0.05].find((size) => widest / size >= 3) ?? 0.02;
  const reach = 8 * step;
  const features: GeoJSON.Feature[] = [];
  const name = (value: number, letters: string): string => {
    const text = Math.abs(value).toLocaleString("en", { maximumFractionDigits: 2 });
    return value === 0 ? "0°" : `${text}° ${value < 0 ? letters[1] : letters[0]}`;
  };
  const add = (coordinates: [number, number][], label: string): void => {
    features.push({ type: "Feature", geometry: { type: "LineString", coordinates }, properties: { name: label } });
  };
  for (let i = Math.ceil((west - reach) / step); i * step <= east + reach; i++)
    add([[i * step, Math.max(-85, south - reach)], [i * step, Math.min(85, north + reach)]], name(i * step, "EW"));
  for (let i = Math.ceil((south - reach) / step); i * step <= north + reach; i++)
    add([[west - reach, i * step], [east + reach, i * step]], name(i * step, "NS"));
  return { type: "FeatureCollection", features };
}
