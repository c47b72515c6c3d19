/** What stands around the map and the table: the bar, the plan in figures, the notes and the credits. */

import type { Summary } from "./api";
import { h, s } from "./dom";
import { LANGUAGES, type Language, type Speech } from "./words";

export type View = "map" | "table";

export interface FrameActions {
  view(view: View): void;
  language(language: Language): void;
  about(): void;
  skip(): void;
}

function logo(): SVGSVGElement {
  return s(
    "svg",
    { viewBox: "0 0 32 32", width: 34, height: 34, "aria-hidden": "true" },
    s(
      "g",
      { fill: "none", stroke: "#fff", "stroke-width": 2.4, "stroke-linecap": "round" },
      s("path", { d: "M16 27V16" }),
      s("path", { d: "M11.2 20.2a6.6 6.6 0 1 1 9.6 0", stroke: "#ffd166" }),
      s("path", { d: "M7.4 23.6a11.8 11.8 0 1 1 17.2 0" }),
    ),
    s("circle", { cx: 16, cy: 15.6, r: 2.6, fill: "#ffd166" }),
  );
}

export function bar(summary: Summary, speech: Speech, view: View, search: HTMLElement, actions: FrameActions): HTMLElement {
  const choice = (kind: View): HTMLElement =>
    h(
      "button",
      { type: "button", "data-view": kind, "aria-pressed": String(view === kind), onclick: () => actions.view(kind) },
      speech.text(kind === "map" ? "viewMap" : "viewTable"),
    );
  const tongue = (code: Language): HTMLElement =>
    h(
      "button",
      {
        type: "button",
        lang: code,
        "data-language": code,
        "aria-pressed": String(speech.language === code),
        title: LANGUAGES[code],
        onclick: () => actions.language(code),
      },
      h("span", { "aria-hidden": "true" }, code.toUpperCase()),
      h("span", { class: "visually-hidden" }, LANGUAGES[code]),
    );
  return h(
    "header",
    { class: "bar" },
    h("button", { type: "button", class: "skip", onclick: actions.skip }, speech.text("skip")),
    h(
      "div",
      { class: "brand" },
      logo(),
      h("div", {}, h("h1", {}, summary.pack.title), h("p", {}, `Alcance · ${speech.text("subtitle")}`)),
    ),
    search,
    h("div", { class: "switch", role: "group", "aria-label": speech.text("views") }, choice("map"), choice("table")),
    h(
      "div",
      { class: "switch", role: "group", "aria-label": speech.text("language") },
      ...(Object.keys(LANGUAGES) as Language[]).map(tongue),
    ),
    h("button", { type: "button", class: "about-button", onclick: actions.about }, speech.text("about")),
  );
}

/** People, sites, cost and gap, and the gap in a sentence. */
export function figures(summary: Summary, speech: Speech): HTMLElement {
  const years = summary.policy?.["horizon_years"];
  const figure = (value: string, label: string): HTMLElement =>
    h("div", { class: "figure" }, h("strong", {}, value), h("span", {}, label));
  const gap = speech.gap(summary.plan_gap);
  return h(
    "section",
    { class: "figures", "aria-label": speech.text("summary") },
    figure(speech.number(summary.sites_planned), speech.plural("statSites", summary.sites_planned)),
    figure(speech.short(summary.people_planned), speech.plural("statPeople", summary.people_planned)),
    figure(
      speech.shortMoney(summary.cost),
      typeof years === "number" ? speech.text("statCost", { years: speech.number(years) }) : speech.text("statCostPlain"),
    ),
    summary.people_planned > 0
      ? figure(speech.money(summary.cost / summary.people_planned), speech.text("statPerPerson"))
      : null,
    figure(gap, speech.text("statGap")),
    h("p", { class: "sentence" }, speech.text("gapSentence", { options: speech.number(summary.options), gap })),
  );
}

/** That the plan is for screening only, where its terrain is too coarse to promise any link; it cannot be closed. */
export function screening(summary: Summary, speech: Speech): HTMLElement | null {
  if (!summary.terrain?.screening_only) return null;
  const arcsec = speech.number(summary.terrain.resolution_arcsec ?? 0, 1);
  return h("p", { class: "screening", role: "note" }, h("strong", {}, speech.text("screeningTitle")), " ", speech.text("screening", { arcsec }));
}

/** How to read the plan, what is assumed, where the data come from. */
export function about(summary: Summary, speech: Speech): HTMLDialogElement {
  const terrain = summary.terrain ?? {};
  const clear = Object.entries(terrain.false_clear_pct ?? {}).map(([height, percent]) =>
    speech.text("aboutTerrainCase", { share: speech.percent(percent / 100, 0), height }),
  );
  const prices = summary.prices ?? [];
  const assumed = prices.filter((price) => price.assumed).map((price) => speech.name("item", price.item));
  const notes = [
    ...(summary.pack.notes ?? []).map((note) => (typeof note === "string" ? note : (note[speech.language] ?? Object.values(note)[0] ?? ""))),
    ...(summary.pack.providers_illustrative ? [speech.text("aboutProviders")] : []),
    ...(assumed.length > 0
      ? [
          speech.text(assumed.length === prices.length ? "aboutPricesAll" : "aboutPrices", {
            assumed: speech.number(assumed.length),
            all: speech.number(prices.length),
            items: speech.list(assumed),
          }),
        ]
      : []),
  ];
  const warnings = summary.warnings ?? [];
  const dialog = h(
    "dialog",
    { class: "about", "aria-labelledby": "about-title" },
    h(
      "div",
      { class: "panel-head" },
      h("h2", { id: "about-title" }, speech.text("about")),
      h("button", { class: "icon", type: "button", "aria-label": speech.text("close"), onclick: () => dialog.close() }, "×"),
    ),
    h("h3", {}, speech.text("aboutReading")),
    h(
      "p",
      {},
      speech.text("aboutGap", {
        cost: speech.shortMoney(summary.cost),
        options: speech.number(summary.options),
        gap: speech.gap(summary.plan_gap),
      }),
    ),
    h("p", {}, speech.text("aboutShare")),
    summary.inferred_fibre_km > 0
      ? h("p", {}, speech.text("aboutInferred", { km: `${speech.number(summary.inferred_fibre_km)} km` }))
      : null,
    terrain.resolution_arcsec && terrain.error_sigma_m
      ? h(
          "p",
          {},
          speech.text("aboutTerrain", {
            resolution: speech.number(terrain.resolution_arcsec, 1),
            error: speech.number(terrain.error_sigma_m),
          }),
          " ",
          clear.length > 0 ? speech.text("aboutTerrainClear", { cases: speech.list(clear) }) : null,
        )
      : null,
    summary.confidence_least === null
      ? null
      : h(
          "p",
          {},
          speech.text("aboutLinks", {
            asked: speech.atLeast(summary.link_confidence, 0),
            least: speech.atLeast(summary.confidence_least, 0),
            median: speech.atLeast(summary.confidence_median ?? 0, 0),
            year: speech.atLeast((summary.availability_least_pct ?? 0) / 100, 2),
          }),
          " ",
          terrain.cover ? speech.text("aboutCover", { source: terrain.cover.source }) : speech.text("aboutBare"),
        ),
    notes.length > 0 ? h("h3", {}, speech.text("aboutAssumed")) : null,
    notes.length > 0 ? h("ul", {}, ...notes.map((note) => h("li", {}, note))) : null,
    warnings.length > 0
      ? h("details", {}, h("summary", {}, speech.text("aboutWarnings")), h("ul", {}, ...warnings.map((line) => h("li", {}, line))))
      : null,
    h("h3", {}, speech.text("aboutSources")),
    summary.pack.vintage ? h("p", {}, speech.text("aboutVintage", { vintage: String(summary.pack.vintage) })) : null,
    h(
      "ul",
      {},
      ...(summary.pack.sources ?? []).map((source) => h("li", {}, [source.name, source.licence, source.url].filter(Boolean).join(" · "))),
    ),
    h("h3", {}, speech.text("aboutLicence")),
    h("p", {}, `Alcance ${summary.version}, Apache-2.0. ${speech.text("aboutBuilt")} `, h("a", { href: "LICENSES.txt" }, speech.text("licenceFile"))),
  );
  // A click beside the box closes it, as readers expect.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}

/** Whose data is on the screen, in short: the licences ask that it stay in sight; the notes give it in full. */
export function credits(summary: Summary, speech: Speech): HTMLElement | null {
  const names = (summary.pack.sources ?? []).map((source) => source.name.split(/[,:] /)[0] ?? source.name);
  // Where a narrow screen cuts the line short, what must be credited by name still stands at its beginning.
  const claimed = (name: string): number => (name.startsWith("©") ? 0 : 1);
  const shown = names.filter((name, i) => names.indexOf(name) === i).sort((a, b) => claimed(a) - claimed(b));
  return shown.length === 0 ? null : h("footer", { class: "credits" }, speech.text("sources", { names: shown.join(" · ") }));
}
