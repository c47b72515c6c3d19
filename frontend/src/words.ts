/** The page's language: texts, plurals and numbers. */

import type { Names } from "./api";
import { en, type Plural, type Words } from "./words/en";
import { es } from "./words/es";

export const LANGUAGES = { es: "Español", en: "English" } as const;
export type Language = keyof typeof LANGUAGES;

type Values = Record<string, string>;
type TextKey = { [K in keyof Words]: Words[K] extends string ? K : never }[keyof Words];
type PluralKey = { [K in keyof Words]: Words[K] extends Plural ? K : never }[keyof Words];

const TABLES: Record<Language, Words> = { en, es };

/** The best language for a wish such as "es-MX", or null. */
export function languageOf(wish: string | null | undefined): Language | null {
  const base = (wish ?? "").slice(0, 2).toLowerCase();
  return base in LANGUAGES ? (base as Language) : null;
}

/** One language's texts with the reader's own way of writing numbers. */
export class Speech {
  readonly words: Words;
  readonly locale: string;
  private readonly rules: Intl.PluralRules;

  /** `wishes` are the locales of the reader and the pack; the first one of this language decides digits and marks. */
  constructor(
    readonly language: Language,
    wishes: readonly string[],
    private readonly currency: string,
    private readonly names: Names,
  ) {
    this.words = TABLES[language];
    // Where nobody says which Spanish, 1.234 must not be read as one and a bit: Latin America writes 1,234.56.
    const common = language === "es" ? "es-419" : language;
    this.locale = wishes.find((wish) => languageOf(wish) === language && wish.length > 2) ?? common;
    this.rules = new Intl.PluralRules(this.locale);
  }

  text(key: TextKey, values: Values = {}): string {
    return fill(this.words[key] as string, values);
  }

  plural(key: PluralKey, n: number, values: Values = {}): string {
    const forms = this.words[key] as Plural;
    return fill(this.rules.select(n) === "one" ? forms.one : forms.other, { n: this.number(n), ...values });
  }

  /** The name of a kind as every output of the plan has it; one without a name is shown as the file has it. */
  name(group: keyof Names, kind: string): string {
    return this.names[group][kind] ?? kind.replaceAll("_", " ");
  }

  /** What a place is called: by its name, else by what it is ("summit:-95.7,16.9" is a summit). */
  place(name: string | null, id: string | null): string {
    return name || (this.words.unnamed[(id ?? "").split(":")[0] ?? ""] ?? "");
  }

  number(value: number, digits = 0): string {
    return this.format(value, { maximumFractionDigits: digits });
  }

  /** Large numbers in words: "4.1 million". */
  short(value: number): string {
    return value < 100_000
      ? this.number(value)
      : this.format(value, { notation: "compact", compactDisplay: "long", maximumSignificantDigits: 3 });
  }

  money(value: number): string {
    return this.format(value, { ...this.cash(), maximumFractionDigits: 0 });
  }

  /** Millions where it is that much. */
  shortMoney(value: number): string {
    const millions = value / 1e6;
    if (Math.abs(millions) < 1) return this.money(value);
    const digits = Math.abs(millions) < 10 ? 2 : Math.abs(millions) < 1000 ? 1 : 0;
    return this.text("millions", { n: this.number(millions, digits), currency: this.currency });
  }

  /** A gap is rounded up, so that "at most" stays true. */
  gap(share: number | null): string {
    return share === null ? "–" : this.percent(Math.ceil(share * 1000 - 1e-6) / 1000);
  }

  percent(share: number, digits = 1): string {
    return this.format(share, { style: "percent", maximumFractionDigits: digits });
  }

  /** A share rounded down, so that "at least" stays true; neither a chance nor an availability is ever called whole. */
  atLeast(share: number, digits: number): string {
    const scale = 10 ** (digits + 2);
    return this.percent(Math.min(Math.floor(share * scale + 1e-6), scale - 1) / scale, digits);
  }

  list(items: string[]): string {
    return new Intl.ListFormat(this.locale, { type: "conjunction" }).format(items);
  }

  length(metres: number): string {
    return metres < 1000
      ? this.format(metres, { style: "unit", unit: "meter", maximumFractionDigits: 0 })
      : this.format(metres / 1000, { style: "unit", unit: "kilometer", maximumFractionDigits: metres < 20_000 ? 1 : 0 });
  }

  metres(value: number): string {
    return this.format(value, { style: "unit", unit: "meter", maximumFractionDigits: 0 });
  }

  private cash(): Intl.NumberFormatOptions {
    // A code leaves no doubt about whose dollar it is.
    return { style: "currency", currency: this.currency, currencyDisplay: "code" };
  }

  private format(value: number, options: Intl.NumberFormatOptions): string {
    return new Intl.NumberFormat(this.locale, options).format(value);
  }
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
