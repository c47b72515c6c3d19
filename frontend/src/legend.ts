/** The legend: every technology, line and place with its count; each can be hidden on the map. */

import type { Summary } from "./api";
import { h } from "./dom";
import { LINES, type Mark, PLACES, TECHNOLOGIES, lineIcon, markIcon, markOf, ordered, strokeOf } from "./look";
import type { Speech } from "./words";

export interface Hidden {
  technologies: Set<string>;
  lines: Set<string>;
  places: Set<string>;
}

export function legend(summary: Summary, speech: Speech, hidden: Hidden, changed: () => void): HTMLElement {
  const counts = summary.map;
  const item = (group: keyof Hidden, kind: string, icon: SVGElement, name: string, count: string): HTMLElement =>
    h(
      "li",
      {},
      h(
        "label",
        {},
        h("input", {
          type: "checkbox",
          checked: !hidden[group].has(kind),
          "data-group": group,
          "data-kind": kind,
          onchange: (event) => {
            if ((event.target as HTMLInputElement).checked) hidden[group].delete(kind);
            else hidden[group].add(kind);
            changed();
          },
        }),
        h("span", { class: "sample" }, icon),
        h("span", { class: "name" }, name),
        h("span", { class: "count" }, count),
      ),
    );
  const sites = ordered(TECHNOLOGIES, Object.keys(counts.technologies)).map((kind) =>
    item("technologies", kind, markIcon(markOf(kind)), speech.name("technology", kind), speech.number(counts.technologies[kind] ?? 0)),
  );
  const lines = ordered(LINES, Object.keys(counts.lines)).map((kind) => {
    const line = counts.lines[kind] ?? { count: 0, km: 0, inferred_km: 0 };
    // Fibre is reckoned in kilometres, radio in hops.
    const amount = kind.startsWith("fibre") ? `${speech.number(line.km, line.km < 100 ? 1 : 0)} km` : speech.number(line.count);
    return item("lines", kind, lineIcon(strokeOf(kind), line.inferred_km > line.km / 2), speech.name("kind", kind), amount);
  });
  const places = ordered(PLACES, Object.keys(counts.places)).map((kind) =>
    item("places", kind, markIcon(PLACES[kind] as Mark), (speech.words.place[kind] ?? kind), speech.number(counts.places[kind] ?? 0)),
  );
  const group = (title: string, items: HTMLElement[], note?: string): HTMLElement | null =>
    items.length === 0
      ? null
      : h("fieldset", {}, h("legend", {}, title), h("ul", {}, ...items), note ? h("p", { class: "note" }, note) : null);
  const inferred = Object.values(counts.lines).some((line) => line.inferred_km > 0);
  // A phone has no room for it beside the map, so there it starts folded.
  return h(
    "details",
    { class: "legend", open: window.matchMedia("(min-width: 760px)").matches },
    h("summary", {}, speech.text("legend")),
    h(
      "div",
      { class: "legend-body" },
      group(speech.text("technologies"), sites),
      group(speech.text("lines"), lines, inferred ? speech.text("inferredNote") : undefined),
      group(speech.text("places"), places),
    ),
  );
}
