/** What was chosen on the map: a site, several at one place, a crowd, or an area. */

import { h } from "../dom";
import { markIcon } from "../look";
import type { OfficeSpeech } from "../words/office";
import { STATES } from "./look";
import { type Config, capital } from "./page";

export interface SiteFacts {
  id: number;
  name?: string;
  key?: string;
  kind: string;
  state: string;
  technology?: string;
  quintile?: number;
  count: number;
}

export interface AreaFacts {
  code: string;
  name: string;
  quintile?: number;
  sites: number;
  verified?: number;
}

const AT_MOST = 8;

export class Panel {
  private before: Element | null = null;

  constructor(
    private readonly element: HTMLElement,
    private readonly config: Config,
    private readonly speech: OfficeSpeech,
    private readonly closed: () => void,
  ) {
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  close(): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.closed();
    if (this.before instanceof HTMLElement) this.before.focus();
  }

  sites(sites: SiteFacts[], nearer: () => void): void {
    const { speech } = this;
    const first = sites[0];
    if (!first) return;
    if (sites.length === 1 && first.count > 1) {
      const button = h("button", { type: "button", onclick: () => { this.close(); nearer(); } }, speech.text("nearer"));
      this.show(h("p", { class: "facts" }, this.state(first)), h("h2", {}, speech.plural("stands", first.count)), h("p", { class: "soft" }, capital(this.config.names.kind[first.kind] ?? first.kind)), button);
      return;
    }
    const more = sites.length - AT_MOST;
    this.show(
      sites.length > 1 ? h("h2", {}, speech.plural("here", sites.length)) : null,
      ...sites.slice(0, AT_MOST).map((site) => this.site(site, sites.length > 1)),
      more > 0 ? h("p", { class: "soft" }, speech.plural("and", more)) : null,
    );
  }

  area(area: AreaFacts): void {
    const { speech } = this;
    const need = area.quintile ? this.config.names.quintile[String(area.quintile)] : undefined;
    this.show(
      h("h2", {}, area.name),
      need ? h("p", { class: "soft" }, `${speech.text("need")}: ${need}`) : null,
      h("p", { class: "soft" }, [speech.plural("sites", area.sites), area.verified === undefined ? "" : speech.text("verified", { share: speech.share(area.verified) })].filter(Boolean).join(" · ")),
      h("a", { class: "button", href: `/areas/${encodeURIComponent(area.code)}/` }, speech.text("openArea")),
    );
  }

  private site(site: SiteFacts, several: boolean): HTMLElement {
    const { names } = this.config;
    const facts = [names.kind[site.kind], site.technology ? names.technology[site.technology] : "", site.key].filter(Boolean);
    const href = `/sites/${site.id}/`;
    const name = site.name ?? site.key ?? String(site.id);
    return h(
      "article",
      {},
      h("p", { class: "facts" }, this.state(site)),
      several ? h("h3", {}, h("a", { href }, name)) : h("h2", {}, name),
      h("p", { class: "soft" }, capital(facts.join(" · "))),
      several || !site.quintile ? null : h("p", { class: "soft" }, `${this.speech.text("need")}: ${names.quintile[String(site.quintile)] ?? ""}`),
      several ? null : h("a", { class: "button", href }, this.speech.text("more")),
    );
  }

  private state(site: SiteFacts): HTMLElement {
    const mark = STATES[site.state];
    const words = capital(this.config.names.state[site.state] ?? site.state);
    return h("span", { class: "state-mark" }, mark ? markIcon(mark, 18) : null, ` ${words}`);
  }

  private show(...parts: (HTMLElement | null)[]): void {
    if (this.element.hidden) this.before = document.activeElement;
    const close = h("button", { type: "button", class: "atlas-close", "aria-label": this.speech.text("close"), onclick: () => this.close() }, "×");
    this.element.replaceChildren(close, ...parts.filter((part): part is HTMLElement => part !== null));
    this.element.hidden = false;
    this.element.scrollTop = 0;
    (this.element.querySelector<HTMLElement>("a, .button, button:not(.atlas-close)") ?? close).focus({ preventScroll: true });
  }
}
