/** The few words of the office's map that its page does not bring along, by language. */

import type { Plural } from "./en";

const en = {
  map: "Map of every site. Arrow keys move it, plus and minus change the zoom.",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  close: "Close",
  more: "Open the page of this site",
  openArea: "Open the page of this area",
  stands: { one: "This mark stands for {n} site", other: "This mark stands for {n} sites" } as Plural,
  nearer: "Come nearer",
  here: { one: "{n} site here", other: "{n} sites here" } as Plural,
  and: { one: "and {n} more", other: "and {n} more" } as Plural,
  need: "Need",
  sites: { one: "{n} site", other: "{n} sites" } as Plural,
  verified: "{share} proven to work",
  nothing: "Nothing found",
  found: { one: "{n} place found", other: "{n} places found" } as Plural,
  failed: "The map cannot be drawn in this browser ({message}). The table below holds the same sites.",
  site: "site",
  municipality: "municipality",
  locality: "locality",
};

export type OfficeWords = typeof en;

const es: OfficeWords = {
  map: "Mapa de todos los sitios. Las flechas lo mueven; más y menos cambian el acercamiento.",
  zoomIn: "Acercar",
  zoomOut: "Alejar",
  close: "Cerrar",
  more: "Abrir la página de este sitio",
  openArea: "Abrir la página de esta área",
  stands: { one: "Esta marca representa {n} sitio", other: "Esta marca representa {n} sitios" },
  nearer: "Acercarse",
  here: { one: "{n} sitio aquí", other: "{n} sitios aquí" },
  and: { one: "y {n} más", other: "y {n} más" },
  need: "Necesidad",
  sites: { one: "{n} sitio", other: "{n} sitios" },
  verified: "{share} con servicio comprobado",
  nothing: "No se encontró nada",
  found: { one: "{n} lugar encontrado", other: "{n} lugares encontrados" },
  failed: "Este navegador no puede dibujar el mapa ({message}). La tabla de abajo contiene los mismos sitios.",
  site: "sitio",
  municipality: "municipio",
  locality: "localidad",
};

type TextKey = { [K in keyof OfficeWords]: OfficeWords[K] extends string ? K : never }[keyof OfficeWords];
type PluralKey = { [K in keyof OfficeWords]: OfficeWords[K] extends Plural ? K : never }[keyof OfficeWords];

/** Texts, plurals and numbers in the language of the page. */
export class OfficeSpeech {
  private readonly words: OfficeWords;
  private readonly rules: Intl.PluralRules;
  private readonly locale: string;

  constructor(language: string) {
    this.words = language.startsWith("es") ? es : en;
    this.locale = language.startsWith("es") ? "es-MX" : language;
    this.rules = new Intl.PluralRules(this.locale);
  }

  text(key: TextKey, values: Record<string, string> = {}): string {
    return (this.words[key] as string).replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  }

  plural(key: PluralKey, n: number): string {
    const forms = this.words[key] as Plural;
    return (this.rules.select(n) === "one" ? forms.one : forms.other).replace("{n}", n.toLocaleString(this.locale));
  }

  share(value: number): string {
    return value.toLocaleString(this.locale, { style: "percent", maximumFractionDigits: 0 });
  }
}
