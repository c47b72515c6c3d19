/** Finding a place: suggestions while one types, chosen with mouse or arrow keys. */

import { h } from "../dom";
import type { OfficeSpeech } from "../words/office";
import { type Config, type Place, one } from "./page";

const WAIT_MS = 220;
const FEWEST = 2;

export function search(side: HTMLElement, config: Config, speech: OfficeSpeech, go: (place: Place) => void): void {
  const input = one<HTMLInputElement>("#map-q", side);
  const list = one<HTMLUListElement>("#map-found", side);
  let places: Place[] = [];
  let at = -1;
  let timer = 0;
  let asked = 0;

  const close = (): void => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    at = -1;
  };
  const choose = (place: Place | undefined): void => {
    if (!place) return;
    close();
    go(place);
  };
  const mark = (): void => {
    for (const [i, row] of [...list.children].entries()) row.setAttribute("aria-selected", String(i === at));
    if (at >= 0) input.setAttribute("aria-activedescendant", `map-found-${at}`);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const show = (): void => {
    at = -1;
    list.replaceChildren(
      ...places.map((place, i) =>
        h(
          "li",
          { id: `map-found-${i}`, role: "option", "aria-selected": "false", onclick: () => choose(place) },
          h("strong", {}, place.name),
          h("span", {}, [speech.text(place.type), place.type === "site" ? place.key : "", place.within].filter(Boolean).join(" · ")),
        ),
      ),
    );
    if (places.length === 0)
      list.append(h("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, speech.text("nothing")));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };
  const ask = async (): Promise<void> => {
    const text = input.value.trim();
    const number = ++asked;
    if (text.length < FEWEST) return close();
    const answer = await fetch(`${config.search}?q=${encodeURIComponent(text)}`);
    // A later question may have been answered first.
    if (!answer.ok || number !== asked) return;
    places = ((await answer.json()) as { results: Place[] }).results;
    show();
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (places.length === 0) return;
      at = (at + (event.key === "ArrowDown" ? 1 : places.length - (at < 0 ? 0 : 1))) % places.length;
      mark();
    }
    if (event.key === "Enter" && !list.hidden && places.length > 0) {
      event.preventDefault();
      choose(places[Math.max(at, 0)]);
    }
  });
  input.addEventListener("blur", () => window.setTimeout(close, 200));
}
