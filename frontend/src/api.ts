/** What the server of a plan answers, and the few requests that ask for it. */

export type Technology =
  | "existing"
  | "fibre"
  | "ptp"
  | "ptmp"
  | "satellite"
  | "shared_satellite"
  | "none";

/** Names of kinds in one language. */
export interface Names {
  technology: Record<string, string>;
  kind: Record<string, string>; // of a work
  site_kind: Record<string, string>;
  item: Record<string, string>; // of the price list
}

export interface LineCount {
  count: number;
  km: number;
  inferred_km: number;
}

export interface Source {
  name: string;
  licence?: string;
  url?: string;
}

export interface Summary {
  version: string;
  pack: {
    name: string;
    title: string;
    language: string;
    vintage?: string;
    sources?: Source[];
    notes?: (string | Record<string, string>)[]; // a note may be told in several languages
    providers_illustrative?: boolean;
  };
  sites: number;
  people: number;
  sites_planned: number;
  people_planned: number;
  cost: number;
  capex: number;
  opex_year: number;
  currency: string;
  plan_gap: number | null;
  options: number;
  technologies: Record<string, number>;
  fibre_km: number;
  inferred_fibre_km: number;
  radio_hops: number;
  max_hops: number;
  link_confidence: number;
  availability_pct: number;
  confidence_least: number | null;
  confidence_median: number | null;
  availability_least_pct: number | null;
  terrain?: {
    screening_only?: boolean;
    cover?: { kind: string; source: string } | null; // null: bare ground
    resolution_arcsec?: number;
    error_sigma_m?: number;
    false_clear_pct?: Record<string, number>;
    source?: string;
  };
  policy?: Record<string, number | string | boolean>;
  prices?: { item: string; assumed: boolean }[];
  warnings?: string[];
  map: {
    technologies: Record<string, number>;
    lines: Record<string, LineCount>;
    places: Record<string, number>;
    bounds: [number, number, number, number];
    context: boolean;
    names: Record<string, Names>;
  };
}

export interface SiteRow {
  site_id: string;
  name: string;
  kind: string;
  key: string | null;
  admin_name: string | null;
  locality_name: string | null;
  technology: Technology;
  people: number | null;
  users: number | null;
  hops: number | null;
  cost_share: number | null;
  lon: number;
  lat: number;
}

export interface Profile {
  distance_m: number[];
  ground_m: number[];
  bulge_m: number[];
  sight_m: number[];
  fresnel_m: number[];
  tightest: { sample: number; clearance_m: number; clearance: number } | null;
}

export interface Edge {
  edge_id: string;
  kind: string;
  from_name: string | null;
  to_name: string | null;
  from_place: string | null;
  to_place: string | null;
  length_m: number | null;
  inferred: boolean;
  sites_below: number;
  people_below: number;
  freq_ghz: number | null;
  equipment_id: string | null;
  height_from_m: number | null;
  height_to_m: number | null;
  margin_db: number | null; // what arrives above the sensitivity of the rate
  rate_mbps: number | null;
  availability_pct: number | null; // of the average year
  confidence: number | null; // chance of being clear on the true ground, 0 to 1
  dependents: number | null;
  max_dependents: number | null;
  price: number;
  geometry: GeoJSON.LineString | GeoJSON.Point;
  profile?: Profile;
}

export interface Step extends Edge {
  share: number;
}

export interface SiteDetail extends SiteRow {
  pop_name: string | null;
  cost_alone: number | null;
  capex_share: number | null;
  opex_year_share: number | null;
  runner_up: string | null;
  runner_up_price: number | null;
  reason: string;
  path: Step[];
}

export interface Page {
  total: number;
  start: number;
  rows: SiteRow[];
}

export interface PageQuery {
  text: string;
  technology: string;
  sort: string;
  order: "asc" | "desc";
  start: number;
  limit: number;
}

async function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(path, signal ? { signal } : {});
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${(await answer.text()).trim()}`);
  return (await answer.json()) as T;
}

export const readSummary = (): Promise<Summary> => ask("api/summary");

export const readSite = (id: string): Promise<SiteDetail> => ask(`api/site/${encodeURIComponent(id)}`);

export const readEdge = (id: string): Promise<Edge> => ask(`api/edge/${encodeURIComponent(id)}`);

export async function searchSites(text: string, signal: AbortSignal): Promise<SiteRow[]> {
  return (await ask<{ rows: SiteRow[] }>(`api/search?${new URLSearchParams({ q: text })}`, signal)).rows;
}

export function readPage(query: PageQuery, signal: AbortSignal): Promise<Page> {
  const words = new URLSearchParams({
    q: query.text,
    technology: query.technology,
    sort: query.sort,
    order: query.order,
    start: String(query.start),
    limit: String(query.limit),
  });
  return ask(`api/sites?${words}`, signal);
}
