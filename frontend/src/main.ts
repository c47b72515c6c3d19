/** The page: one plan, seen as a map or as a table, with one site open at a time. */

import "./style.css";
import { type SiteDetail, type Summary, readSite, readSummary } from "./api";
import { h } from "./dom";
import { type View, about, bar, credits, figures, screening } from "./frame";
import { type Hidden, legend } from "./legend";
import type { PlanMap } from "./map";
import { sitePanel } from "./panel";
import { searchBox } from "./search";
import { SiteTable } from "./table";
import { type Language, Speech, languageOf } from "./words";

class Page {
  private readonly hidden: Hidden = { technologies: new Set(), lines: new Set(), places: new Set() };
  private readonly canvas = h("div", { class: "canvas", id: "map" });
  private readonly panel = h("aside", { class: "panel", hidden: true, "aria-labelledby": "panel-title" });
  private speech: Speech;
  private view: View;
  private site: SiteDetail | null = null;
  private map: PlanMap | null = null;
  private mapError = "";
  private table: SiteTable | null = null;
  private opener: HTMLElement | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly summary: Summary,
  ) {
    const wished = read();
    const language = languageOf(wished.get("lang")) ?? languageOf(summary.pack.language) ?? "en";
    this.speech = this.speak(language);
    this.view = wished.get("view") === "table" ? "table" : "map";
  }

  async start(): Promise<void> {
    this.draw();
    const id = read().get("site");
    void this.startMap();
    if (id) await this.open(id);
    window.addEventListener("hashchange", () => void this.follow());
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /** The map is loaded apart, so that a browser without WebGL still has everything else. */
  private async startMap(): Promise<void> {
    try {
      const { PlanMap } = await import("./map");
      this.map = new PlanMap(this.canvas, this.summary, this.speech, this.hidden, (id) => void this.open(id));
      if (this.site) this.map.select(this.site);
    } catch (error) {
      this.mapError = error instanceof Error ? error.message : String(error);
      this.show("table");
    }
  }

  private speak(language: Language): Speech {
    const { pack, currency, map } = this.summary;
    const names = map.names[language] ?? { technology: {}, kind: {}, site_kind: {}, item: {} };
    return new Speech(language, [...navigator.languages, pack.language], currency, names);
  }

  /** Build everything around the map; the map itself stays. */
  private draw(): void {
    const { summary, speech } = this;
    document.documentElement.lang = speech.language;
    document.title = `${summary.pack.title} · Alcance`;
    const notes = about(summary, speech);
    this.table = new SiteTable(summary, speech, (id) => void this.open(id));
    this.table.element.hidden = this.view !== "table";
    const actions = {
      view: (view: View) => this.show(view),
      language: (language: Language) => this.translate(language),
      about: () => notes.showModal(),
      skip: () => {
        this.show("table");
        this.table?.element.focus();
      },
    };
    this.root.replaceChildren(
      bar(summary, speech, this.view, searchBox(speech, (id) => void this.open(id)), actions),
      figures(summary, speech),
      screening(summary, speech) ?? "",
      this.warning() ?? "",
      h(
        "main",
        { class: "stage" },
        h(
          "div",
          { class: "view map-view", hidden: this.view !== "map" },
          this.canvas,
          legend(summary, speech, this.hidden, () => this.map?.toggle()),
          credits(summary, speech),
        ),
        this.table.element,
        this.panel,
      ),
      notes,
    );
    this.drawPanel();
    if (this.view === "table") void this.table.refresh();
  }

  private warning(): HTMLElement | null {
    if (!this.mapError) return null;
    return h("p", { class: "warning", role: "alert" }, this.speech.text("mapFailed", { message: this.mapError }));
  }

  private drawPanel(): void {
    this.panel.hidden = this.site === null;
    if (!this.site) {
      this.panel.replaceChildren();
      return;
    }
    const actions = { close: () => this.close(), showOnMap: () => this.show("map") };
    this.panel.replaceChildren(sitePanel(this.site, this.summary, this.speech, actions));
  }

  private show(view: View): void {
    const had = document.activeElement?.getAttribute("data-view");
    this.view = view;
    this.write();
    this.draw();
    if (had) this.root.querySelector<HTMLElement>(`[data-view="${view}"]`)?.focus();
    if (view === "map") this.map?.select(this.site);
  }

  private translate(language: Language): void {
    this.speech = this.speak(language);
    this.write();
    this.draw();
    this.map?.relabel(this.speech);
    this.root.querySelector<HTMLElement>(`[data-language="${language}"]`)?.focus();
  }

  private async open(id: string): Promise<void> {
    this.opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    try {
      this.site = await readSite(id);
    } catch (error) {
      this.site = null;
      this.panel.hidden = false;
      this.panel.replaceChildren(
        h("p", { class: "warning", role: "alert" }, this.speech.text("failed", { message: String(error) })),
      );
      return;
    }
    this.write();
    this.drawPanel();
    this.panel.scrollTo(0, 0);
    this.map?.select(this.site);
    document.getElementById("panel-title")?.focus({ preventScroll: true });
  }

  private close(): void {
    this.site = null;
    this.write();
    this.drawPanel();
    this.map?.select(null);
    if (this.opener?.isConnected) this.opener.focus();
  }

  private key(event: KeyboardEvent): void {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === "/" && !typing) {
      event.preventDefault();
      document.getElementById("search")?.focus();
    } else if (event.key === "Escape" && this.site && !typing && !document.querySelector("dialog[open]")) {
      this.close();
    }
  }

  /** The address says what is shown, so that it can be sent to a colleague. */
  private write(): void {
    const state = new URLSearchParams({ lang: this.speech.language, view: this.view });
    if (this.site) state.set("site", this.site.site_id);
    history.replaceState(null, "", `#${state}`);
  }

  private async follow(): Promise<void> {
    const wished = read();
    const language = languageOf(wished.get("lang"));
    if (language && language !== this.speech.language) this.translate(language);
    const id = wished.get("site");
    if (id && id !== this.site?.site_id) await this.open(id);
  }
}

function read(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

const root = document.getElementById("app");
if (!root) throw new Error("the page has no place for the plan");
try {
  await new Page(root, await readSummary()).start();
} catch (error) {
  root.replaceChildren(h("p", { class: "warning", role: "alert" }, String(error)));
  throw error;
}
