/** MapLibre with its worker and its style: one copy for the plan's map and for the office's. */

import { prewarm, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";

setWorkerUrl(new URL(workerUrl, import.meta.url).href);
// Workers come up while the map itself is made.
prewarm();

export * from "maplibre-gl";
