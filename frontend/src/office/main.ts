/** The office's map: the page is there already; this fills the map in and makes the legend work. */

import { OfficeSpeech } from "../words/office";
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
  side.hidden = false;
  let shown: Shown = legend(side, (now) => {
    shown = now;
    atlas?.show(now);
  });
  let atlas: import("./atlas").Atlas | null = null;
  const panel = new Panel(one<HTMLElement>("#map-panel", root), config, speech, () => atlas?.mark(null));
  search(side, config, speech, (place) => atlas?.go(place));
  try {
    // Apart, so that the legend is there before the library is.
    const { Atlas } = await import("./atlas");
    atlas = new Atlas(canvas, config, speech, panel, shown);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    canvas.replaceChildren(Object.assign(document.createElement("p"), { className: "atlas-note", textContent: speech.text("failed", { message }) }));
    canvas.dataset["ready"] = "failed";
  }
}

void begin();
