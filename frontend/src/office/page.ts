/** What the server tells the script. */

export type Tiles = "land" | "areas" | "sites";

export interface Config {
  language: string;
  tiles: Record<Tiles, { href: string; zooms: [first: number, last: number] }>;
  bounds: [number, number, number, number];
  lines: boolean;
  chosen: Place | null; // what the address asks to be shown
  whole: number; // from this zoom on every site is there
  search: string;
  site: string; // followed by its number
  names: Record<"state" | "kind" | "technology" | "quintile", Record<string, string>>;
}

export interface Place {
  type: "site" | "municipality" | "locality";
  name: string;
  within: string;
  key: string;
  lon: number;
  lat: number;
  href: string;
  id?: number;
  kind?: string;
  state?: string;
}

/** What the legend leaves. */
export interface Shown {
  states: string[];
  kind: string;
  fill: "" | "need" | "verified";
  lines: string[];
}

export function one<T extends Element>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

export const capital = (words: string): string => words.charAt(0).toLocaleUpperCase() + words.slice(1);
