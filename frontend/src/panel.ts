/** The panel of one site: what it gets, why, what it costs, what else there was, and its way up to the network. */

import type { Edge, SiteDetail, Step, Summary } from "./api";
import { h, s } from "./dom";
import { type Mark, PLACES, lineIcon, markIcon, markOf, strokeOf } from "./look";
import { profileFigure } from "./profile";
import type { Speech } from "./words";

export const RADIO = new Set(["ptp", "ptp_end", "client"]);

export interface PanelActions {
  close(): void;
  showOnMap(): void;
}

export function sitePanel(site: SiteDetail, summary: Summary, speech: Speech, actions: PanelActions): HTMLElement {
  const place = [site.name, site.locality_name, site.admin_name].filter((name, i, all) => name && all.indexOf(name) === i).slice(1);
  const facts = [
    speech.name("site_kind", site.kind),
    site.people ? speech.plural("people", site.people) : null,
    site.users ? speech.plural("users", site.users) : null,
    site.key ? speech.text("key", { key: site.key }) : null,
  ];
  return h(
    "div",
    { class: "panel-body" },
    h(
      "div",
      { class: "panel-head" },
      h("div", {}, h("h2", { id: "panel-title", tabindex: "-1" }, site.name), h("p", { class: "place" }, place.join(", "))),
      h("button", { class: "icon", type: "button", "aria-label": speech.text("close"), onclick: actions.close }, "×"),
    ),
    h(
      "p",
      { class: "chip" },
      markIcon(markOf(site.technology), 20),
      h("strong", {}, speech.name("technology", site.technology)),
    ),
    h("p", { class: "facts" }, facts.filter(Boolean).join(" · ")),
    h("button", { class: "quiet only-table", type: "button", onclick: actions.showOnMap }, speech.text("showOnMap")),
    h("section", {}, h("h3", {}, speech.text("why")), h("p", { class: "why" }, why(site, speech))),
    prices(site, speech),
    h("section", {}, h("h3", {}, speech.text("path")), way(site, summary, speech)),
  );
}

/** The reason in plain words with its numbers. */
export function why(site: SiteDetail, speech: Speech): string {
  if (site.technology === "none") return speech.text("why_none");
  const code = `why_${site.reason}`;
  const parts = [code in speech.words ? speech.text(code as "why_cheapest") : site.reason.replaceAll("_", " ") + "."];
  const top = site.pop_name;
  if (top && site.technology === "fibre") parts.push(speech.text("whyFibre", { top }));
  else if (top && site.hops) parts.push(speech.plural("whyHops", site.hops, { top }));
  const alone = site.cost_alone;
  if (site.runner_up && site.runner_up_price !== null && alone !== null) {
    const values = {
      alone: speech.money(alone),
      price: speech.money(site.runner_up_price),
      runner: speech.name("technology", site.runner_up).toLocaleLowerCase(speech.locale),
      more: speech.money(site.runner_up_price - alone),
    };
    const full = site.reason === "reassigned_full" ? "whyFull" : "whyGap";
    parts.push(speech.text(site.runner_up_price >= alone ? "whyLess" : full, values));
  }
  return parts.join(" ");
}

function prices(site: SiteDetail, speech: Speech): HTMLElement | null {
  if (site.path.length === 0) return null;
  const row = (label: string, value: number | null): HTMLElement | null =>
    value === null ? null : h("div", {}, h("dt", {}, label), h("dd", {}, speech.money(value)));
  return h(
    "section",
    {},
    h("h3", {}, speech.text("price")),
    h(
      "dl",
      { class: "prices" },
      row(speech.text("priceShare"), site.cost_share),
      row(speech.text("priceAlone"), site.cost_alone),
      row(speech.text("priceCapex"), site.capex_share),
      row(speech.text("priceOpex"), site.opex_year_share),
    ),
    site.people && site.cost_share
      ? h("p", { class: "note" }, speech.text("pricePerPerson", { price: speech.money(site.cost_share / site.people) }))
      : null,
    comparison(site, speech),
  );
}

/** Two bars: what this site adds to the plan, and what the runner-up would add. */
function comparison(site: SiteDetail, speech: Speech): HTMLElement | null {
  const { cost_alone: alone, runner_up: runner, runner_up_price: price } = site;
  if (alone === null || price === null || !runner) return null;
  const most = Math.max(alone, price, 1);
  const bar = (label: string, value: number, mark: Mark): HTMLElement =>
    h(
      "div",
      { class: "price-bar" },
      h("span", {}, markIcon(mark, 14), label),
      h("strong", {}, speech.money(value)),
      s(
        "svg",
        { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" },
        s("rect", { width: 100, height: 6, fill: "#e4e9ea" }),
        s("rect", { width: Math.max(0.6, (100 * value) / most), height: 6, fill: mark.colour }),
      ),
    );
  return h(
    "div",
    { class: "comparison" },
    h("h4", {}, speech.text("compare")),
    bar(speech.text("thisPlan", { technology: speech.name("technology", site.technology) }), alone, markOf(site.technology)),
    bar(speech.text("runnerUp", { technology: speech.name("technology", runner) }), price, markOf(runner)),
  );
}

function way(site: SiteDetail, summary: Summary, speech: Speech): HTMLElement {
  // Steps that cost nothing and cover no ground are bookkeeping of the model, not works.
  const steps = site.path.filter((step) => step.price > 0 || (step.length_m ?? 0) > 0);
  if (steps.length === 0)
    return h("p", {}, speech.text(site.technology === "existing" ? "pathExisting" : "pathNone"));
  // One key serves every profile of the path.
  const firstDrawn = steps.find((step) => step.profile);
  const top = steps.at(-1)?.kind;
  const endMark = top === "satellite" ? markOf("satellite") : (PLACES[top ?? ""] ?? PLACES["pop"]);
  const end =
    top === "satellite" || top === "gateway"
      ? speech.text("destinationSatellite")
      : speech.text("destinationPop", { name: site.pop_name ?? "" });
  return h(
    "ol",
    { class: "way" },
    h("li", { class: "stop" }, h("span", { class: "sign" }, markIcon(markOf(site.technology), 18)), h("strong", {}, site.name)),
    ...steps.map((step) => stepItem(step, summary, speech, step === firstDrawn)),
    h(
      "li",
      { class: "stop" },
      h("span", { class: "sign" }, markIcon(endMark as Mark, 18)),
      h("strong", {}, end),
    ),
  );
}

function stepItem(step: Step, summary: Summary, speech: Speech, keyed: boolean): HTMLElement {
  const isLine = step.geometry.type === "LineString";
  const radio = RADIO.has(step.kind);
  const from = speech.place(step.from_name, step.from_place);
  const details = [
    isLine && step.length_m ? speech.length(step.length_m) : null,
    isLine && from ? speech.text("from", { name: from }) : null,
    step.max_dependents
      ? speech.text("stepDependents", { n: speech.number(step.dependents ?? 0), max: speech.number(step.max_dependents) })
      : null,
  ];
  const alone = step.sites_below <= 1;
  const money = [
    speech.money(step.price),
    speech.plural("stepShared", step.sites_below),
    alone ? null : speech.text("stepShare", { share: speech.money(step.share) }),
  ];
  return h(
    "li",
    { class: `step ${step.kind}` },
    h("span", { class: "sign" }, isLine ? lineIcon(strokeOf(step.kind), step.inferred, 26) : dot()),
    h("strong", {}, speech.name("kind", step.kind)),
    step.inferred ? h("span", { class: "tag" }, speech.text("inferred")) : null,
    h("span", { class: "detail" }, details.filter(Boolean).join(" · ")),
    radio ? linkFacts(step, speech) : null,
    h("span", { class: "detail money" }, money.filter(Boolean).join(" · ")),
    step.profile ? profileFigure(step, step.profile, speech, summary.policy ?? {}, keyed) : null,
  );
}

/** What a radio link is made of and gives: radio, rate, signal to spare, how much of the year, how sure it is clear. */
export function linkFacts(edge: Edge, speech: Speech): HTMLElement {
  const fact = (label: string, value: string | null): HTMLElement[] =>
    value === null ? [] : [h("div", {}, h("dt", {}, label), h("dd", {}, value))];
  return h(
    "dl",
    { class: "link-facts" },
    ...fact(speech.text("linkRate"), edge.rate_mbps === null ? null : `${speech.number(edge.rate_mbps, edge.rate_mbps < 10 ? 1 : 0)} Mbit/s`),
    ...fact(speech.text("linkConfidence"), edge.confidence === null ? null : speech.atLeast(edge.confidence, 0)),
    ...fact(
      speech.text("linkAvailability"),
      edge.availability_pct === null ? null : speech.text("linkOfYear", { share: speech.atLeast(edge.availability_pct / 100, 2) }),
    ),
    ...fact(speech.text("linkMargin"), edge.margin_db === null ? null : `${speech.number(edge.margin_db, 1)} dB`),
    ...fact(
      speech.text("linkRadio"),
      edge.equipment_id === null ? null : [edge.freq_ghz === null ? "" : `${speech.number(edge.freq_ghz, 2)} GHz`, edge.equipment_id].filter(Boolean).join(" · "),
    ),
  );
}

function dot(): SVGSVGElement {
  return s(
    "svg",
    { viewBox: "0 0 14 14", width: 14, height: 14, "aria-hidden": "true" },
    s("circle", { cx: 7, cy: 7, r: 3.4, fill: "#fff", stroke: "#59666b", "stroke-width": 2 }),
  );
}
