// Collects the licence of every package that is built into the page, so that each travels with its code.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const LICENCE_FILE = /^(licen[cs]e|copying)(\.(md|txt))?$/i;

/** A package's licence: from its own file, or from the section of its README that holds it. */
function licenceText(folder) {
  const names = readdirSync(folder).sort();
  const file = names.find((name) => LICENCE_FILE.test(name));
  if (file) return readFileSync(join(folder, file), "utf8");
  const readme = names.find((name) => /^readme/i.test(name));
  const section = readme && /^#+ *licen[cs]e[\s\S]*/im.exec(readFileSync(join(folder, readme), "utf8"));
  if (!section) throw new Error(`${folder} holds no licence that could travel with its code`);
  return section[0];
}

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
    const text = licenceText(folder).replaceAll("\r\n", "\n").trim();
    const name = place.replace(/^.*node_modules\//, "");
    sections.push(`${name} ${entry.version} (${entry.license ?? "see below"})\n${"-".repeat(72)}\n${text}\n`);
  }
  return `The map page is built with the packages below; each keeps its licence.\n\n${sections.join("\n\n")}`;
}
