/** The search box: a combobox of sites, by name or key, usable from the keyboard alone. */

import { type SiteRow, searchSites } from "./api";
import { h } from "./dom";
import { markIcon, markOf } from "./look";
import type { Speech } from "./words";

const PAUSE_MS = 120;

export function searchBox(speech: Speech, choose: (id: string) => void): HTMLElement {
  const list = h("ul", { id: "search-list", role: "listbox", "aria-label": speech.text("search"), hidden: true });
  const status = h("p", { class: "visually-hidden", role: "status" });
  const input = h("input", {
    id: "search",
    type: "search",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: speech.text("searchHint"),
    "aria-label": speech.text("search"),
    "aria-controls": "search-list",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
  });
  let rows: SiteRow[] = [];
  let active = -1;
  let timer = 0;
  let request = new AbortController();

  const close = (): void => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const pick = (row: SiteRow): void => {
    input.value = row.name;
    close();
    choose(row.site_id);
  };
  const mark = (index: number): void => {
    active = index;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === active)));
    const item = list.children[active];
    if (!item) return;
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  };
  const show = (): void => {
    list.replaceChildren(
      ...rows.map((row, i) =>
        h(
          "li",
          { id: `search-${i}`, role: "option", "aria-selected": "false", onmousedown: (event) => event.preventDefault(), onclick: () => pick(row) },
          markIcon(markOf(row.technology), 16),
          h("span", {}, h("strong", {}, row.name), h("small", {}, [row.admin_name, row.key].filter(Boolean).join(" · "))),
        ),
      ),
      ...(rows.length === 0 ? [h("li", { class: "empty" }, speech.text("searchNone"))] : []),
    );
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    status.textContent = rows.length === 0 ? speech.text("searchNone") : speech.plural("searchCount", rows.length);
    mark(rows.length > 0 ? 0 : -1);
  };
  const ask = async (): Promise<void> => {
    request.abort();
    request = new AbortController();
    const text = input.value.trim();
    if (text === "") {
      close();
      return;
    }
    try {
      rows = await searchSites(text, request.signal);
      show();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  };
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) void ask();
      else if (rows.length > 0) mark((active + (event.key === "ArrowDown" ? 1 : rows.length - 1)) % rows.length);
    } else if (event.key === "Enter") {
      const row = rows[active];
      if (!list.hidden && row) pick(row);
      else void ask();
    }
  });
  input.addEventListener("blur", close);
  return h("div", { class: "search", role: "search" }, input, list, status);
}
