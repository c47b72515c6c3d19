/** The table twin of the map: every site, paged, sorted and filtered by the server; it needs no WebGL. */

import { type Page, type PageQuery, type SiteRow, type Summary, readPage } from "./api";
import { h } from "./dom";
import { TECHNOLOGIES, markIcon, markOf, ordered } from "./look";
import type { Speech } from "./words";

const ROWS = 50;
const PAUSE_MS = 150;

interface Column {
  sort: string;
  title: (speech: Speech) => string;
  numeric: boolean;
  cell: (row: SiteRow, speech: Speech) => Node | string;
}

const amount = (value: number | null, speech: Speech): string => (value === null ? "–" : speech.number(value));

const COLUMNS: Column[] = [
  { sort: "admin_name", title: (t) => t.text("columnPlace"), numeric: false, cell: (row) => row.admin_name ?? "–" },
  {
    sort: "technology",
    title: (t) => t.text("columnTechnology"),
    numeric: false,
    cell: (row, t) =>
      h("span", { class: "inline" }, markIcon(markOf(row.technology), 16), t.name("technology", row.technology)),
  },
  { sort: "people", title: (t) => t.text("columnPeople"), numeric: true, cell: (row, t) => amount(row.people, t) },
  { sort: "hops", title: (t) => t.text("columnHops"), numeric: true, cell: (row, t) => amount(row.hops, t) },
  {
    sort: "cost_share",
    title: (t) => t.text("columnCost"),
    numeric: true,
    cell: (row, t) => (row.cost_share === null ? "–" : t.money(row.cost_share)),
  },
];

export class SiteTable {
  readonly element: HTMLElement;
  private query: PageQuery = { text: "", technology: "", sort: "people", order: "desc", start: 0, limit: ROWS };
  private request = new AbortController();
  private readonly body = h("tbody");
  private readonly head = h("thead");
  private readonly range = h("p", { role: "status", class: "range" });
  private readonly earlier: HTMLButtonElement;
  private readonly later: HTMLButtonElement;

  constructor(
    summary: Summary,
    private readonly speech: Speech,
    private readonly choose: (id: string) => void,
  ) {
    this.earlier = h("button", { type: "button", onclick: () => this.turn(-ROWS) }, speech.text("previous"));
    this.later = h("button", { type: "button", onclick: () => this.turn(ROWS) }, speech.text("next"));
    this.element = h(
      "section",
      { class: "sites", id: "sites", "aria-labelledby": "sites-title", tabindex: "-1" },
      h("div", { class: "sites-bar" }, h("h2", { id: "sites-title" }, speech.text("tableTitle")), this.filters(summary), this.range),
      h(
        "div",
        { class: "sites-scroll", tabindex: "0", role: "group", "aria-labelledby": "sites-title" },
        h("table", {}, h("caption", { class: "visually-hidden" }, speech.text("tableTitle")), this.head, this.body),
      ),
      h("nav", { class: "pages", "aria-label": speech.text("pages") }, this.earlier, this.later),
    );
    this.drawHead();
  }

  /** Ask for the current page and show it. */
  async refresh(): Promise<void> {
    this.request.abort();
    this.request = new AbortController();
    try {
      this.draw(await readPage(this.query, this.request.signal));
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      this.range.textContent = this.speech.text("failed", { message: String(error) });
    }
  }

  private filters(summary: Summary): HTMLElement {
    const { speech } = this;
    let timer = 0;
    const kinds = ordered(TECHNOLOGIES, Object.keys(summary.map.technologies));
    return h(
      "div",
      { class: "filters" },
      h("input", {
        type: "search",
        "aria-label": speech.text("filter"),
        placeholder: speech.text("filter"),
        oninput: (event) => {
          window.clearTimeout(timer);
          const text = (event.target as HTMLInputElement).value;
          timer = window.setTimeout(() => this.change({ text }), PAUSE_MS);
        },
      }),
      h(
        "select",
        {
          "aria-label": speech.text("filterTechnology"),
          onchange: (event) => this.change({ technology: (event.target as HTMLSelectElement).value }),
        },
        h("option", { value: "" }, speech.text("allTechnologies")),
        ...kinds.map((kind) => h("option", { value: kind }, speech.name("technology", kind))),
      ),
    );
  }

  private change(part: Partial<PageQuery>): void {
    this.query = { ...this.query, start: 0, ...part };
    void this.refresh();
  }

  private turn(by: number): void {
    this.change({ start: Math.max(0, this.query.start + by) });
    this.element.querySelector(".sites-scroll")?.scrollTo(0, 0);
  }

  private sortBy(column: string): void {
    const numeric = COLUMNS.find((known) => known.sort === column)?.numeric ?? false;
    const first = numeric ? "desc" : "asc";
    const other = first === "asc" ? "desc" : "asc";
    const again = this.query.sort === column && this.query.order === first;
    this.change({ sort: column, order: again ? other : first });
    this.drawHead();
    this.head.querySelector<HTMLButtonElement>(`[data-sort="${column}"]`)?.focus();
  }

  private drawHead(): void {
    const cell = (sort: string, title: string, numeric: boolean): HTMLElement => {
      const sorted = this.query.sort === sort;
      const arrow = sorted ? (this.query.order === "asc" ? " ▲" : " ▼") : "";
      return h(
        "th",
        {
          scope: "col",
          class: numeric ? "number" : "",
          "aria-sort": sorted ? (this.query.order === "asc" ? "ascending" : "descending") : null,
        },
        h(
          "button",
          { type: "button", "data-sort": sort, onclick: () => this.sortBy(sort) },
          title,
          h("span", { class: "arrow", "aria-hidden": "true" }, arrow),
        ),
      );
    };
    this.head.replaceChildren(
      h(
        "tr",
        {},
        cell("name", this.speech.text("columnName"), false),
        ...COLUMNS.map((column) => cell(column.sort, column.title(this.speech), column.numeric)),
      ),
    );
  }

  private draw(page: Page): void {
    const { speech } = this;
    this.body.replaceChildren(
      ...page.rows.map((row) =>
        h(
          "tr",
          {},
          h(
            "th",
            { scope: "row" },
            h("button", { type: "button", class: "link", "data-site": row.site_id, onclick: () => this.choose(row.site_id) }, row.name),
            h("small", {}, [speech.name("site_kind", row.kind), row.key].filter(Boolean).join(" · ")),
          ),
          ...COLUMNS.map((column) => h("td", { class: column.numeric ? "number" : "" }, column.cell(row, speech))),
        ),
      ),
    );
    this.range.textContent =
      page.total === 0
        ? speech.text("tableNone")
        : speech.text("tableRange", {
            from: speech.number(page.start + 1),
            to: speech.number(page.start + page.rows.length),
            total: speech.number(page.total),
          });
    this.earlier.disabled = page.start === 0;
    this.later.disabled = page.start + page.rows.length >= page.total;
  }
}
