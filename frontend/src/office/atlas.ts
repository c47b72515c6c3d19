/** The map itself: tiles of ours alone, read by ranges out of files. */

import { icon } from "../icon";
import { Map as MapLibre, type MapGeoJSONFeature, NavigationControl, type PointLike, ScaleControl, addProtocol } from "../maplibre";
import type { OfficeSpeech } from "../words/office";
import type { Archive } from "./archive";
import { STATES } from "./look";
import type { Config, Place, Shown } from "./page";
import type { AreaFacts, Panel, SiteFacts } from "./panel";
import { type Position, styleOf } from "./style";

const CLICK_REACH_PX = 8;
const KEY_REACH_PX = 40;
const SITE_ZOOM = 14;
const AREA_ZOOM = { municipality: 10, locality: 13 };

export class Atlas {
  private readonly map: MapLibre;
  private chosen: Position | null = null;
  private styled = false;

  constructor(
    container: HTMLElement,
    private readonly config: Config,
    archives: Map<string, Archive>,
    speech: OfficeSpeech,
    private readonly panel: Panel,
    private shown: Shown,
  ) {
    serve(archives);
    const padding = { top: 24, right: 24, bottom: 24, left: container.clientWidth > 760 ? 330 : 24 };
    if (config.chosen) this.tell(config.chosen);
    this.map = new MapLibre({
      container,
      style: styleOf(config.tiles, shown, this.chosen),
      ...(config.chosen ? { center: positionOf(config.chosen), zoom: zoomOf(config.chosen) } : { bounds: config.bounds, fitBoundsOptions: { padding } }),
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
    this.map.once("style.load", () => {
      this.styled = true;
      if (this.shown !== shown) this.draw();
    });
    this.map.once("load", () => this.listen());
    this.map.once("idle", () => container.setAttribute("data-ready", "true"));
    // For the console, and for tests that need to know where a site lies on the screen.
    Object.assign(container, { atlas: this.map });
  }

  /** Draw what the legend leaves. */
  show(shown: Shown): void {
    this.shown = shown;
    this.draw();
  }

  /** Ring what was chosen. */
  mark(at: Position | null): void {
    this.chosen = at;
    this.draw();
  }

  /** Lead to a place that was searched for, and show what is there. */
  go(place: Place): void {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const to = { center: positionOf(place), zoom: zoomOf(place) };
    if (still) this.map.jumpTo(to);
    else this.map.flyTo({ ...to, duration: 1200 });
    this.tell(place);
    this.draw();
  }

  private tell(place: Place): void {
    if (place.type === "site" && place.id !== undefined) {
      const { id, name, key, kind = "", state = "" } = place;
      this.panel.sites([{ id, name, key, kind, state, count: 1 }], () => undefined);
    } else this.panel.close();
    // A panel that closes takes away the ring of what it told of.
    this.chosen = positionOf(place);
  }

  private draw(): void {
    // Only what differs is drawn anew, once there is something to differ from.
    if (this.styled) this.map.setStyle(styleOf(this.config.tiles, this.shown, this.chosen));
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

/** Answer the map's own addresses, such as "alcance://sites/4/3/6", out of the files. */
function serve(archives: Map<string, Archive>): void {
  addProtocol("alcance", async ({ url }, { signal }) => {
    const [name = "", z, x, y] = url.slice("alcance://".length).split("/");
    const archive = archives.get(name);
    if (!archive) throw new Error(`no tiles are called ${name}`);
    return { data: (await archive.tile(Number(z), Number(x), Number(y), signal)) ?? new ArrayBuffer(0) };
  });
}

const zoomOf = (place: Place): number => (place.type === "site" ? SITE_ZOOM : AREA_ZOOM[place.type]);

const positionOf = (place: Place): Position => [place.lon, place.lat];

const placeOf = (feature: MapGeoJSONFeature): Position => (feature.geometry as GeoJSON.Point).coordinates as Position;

const same5 = (a: Position, b: Position): boolean => Math.abs(a[0] - b[0]) < 1e-5 && Math.abs(a[1] - b[1]) < 1e-5;
