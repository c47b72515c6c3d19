// Collects the licence of every package that is built into the page, so that each travels with its code.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const LICENCE_FILE = /^(licen[cs]e|copying)(\.(md|txt))?$/i;

/** The text of LICENSES.txt: one section per production package of the lock file, in the order of their names. */
export function licences(root) {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const sections = [];
  for (const place of Object.keys(lock.packages).sort()) {
    const entry = lock.packages[place];
    // Types never reach the bundle.
    if (place === "" || entry.dev || place.includes("node_modules/@types/")) continue;
    const folder = join(root, place);
    if (!existsSync(folder)) throw new Error(`${place} is not installed; run npm ci`);
    const file = readdirSync(folder).filter((name) => LICENCE_FILE.test(name)).sort()[0];
    const text = file ? readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim() : "(no licence file)";
    const name = place.replace(/^.*node_modules\//, "");
    sections.push(`${name} ${entry.version} (${entry.license ?? "see below"})\n${"-".repeat(72)}\n${text}\n`);
  }
  return `The map page is built with the packages below; each keeps its licence.\n\n${sections.join("\n\n")}`;
}
