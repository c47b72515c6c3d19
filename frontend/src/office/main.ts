/** The office's map: the page is there already; this fills the map in and makes the legend work. */

import { OfficeSpeech } from "../words/office";
import { Archive } from "./archive";
import { legend } from "./legend";
import { type Config, type Shown, one } from "./page";
import { Panel } from "./panel";
import { search } from "./search";
import "./style.css";

const root = one<HTMLElement>("#atlas");
const config = JSON.parse(root.dataset["config"] ?? "{}") as Config;
const speech = new OfficeSpeech(config.language);
const side = one<HTMLElement>(".atlas-side", root);
const canvas = one<HTMLElement>("#map-canvas", root);

async function begin(): Promise<void> {
  // Begun first and apart: the library is long in coming, and the legend does not wait for it, nor do the files.
  const library = import("./atlas");
  const archives = new Map(Object.entries(config.tiles).map(([name, { href }]) => [name, new Archive(new URL(href, document.baseURI).href)]));
  for (const name of ["land", "sites"]) archives.get(name)?.open();
  side.hidden = false;
  let shown: Shown = legend(side, (now) => {
    shown = now;
    atlas?.show(now);
  });
  let atlas: import("./atlas").Atlas | null = null;
  const panel = new Panel(one<HTMLElement>("#map-panel", root), config, speech, () => atlas?.mark(null));
  search(side, config, speech, (place) => atlas?.go(place));
  try {
    const { Atlas } = await library;
    atlas = new Atlas(canvas, config, archives, speech, panel, shown);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    canvas.replaceChildren(Object.assign(document.createElement("p"), { className: "atlas-note", textContent: speech.text("failed", { message }) }));
    canvas.dataset["ready"] = "failed";
  }
}

void begin();
