/** The legend is the filter: what is unticked is not drawn. */

import { lineIcon, markIcon } from "../look";
import { LINES, STATES } from "./look";
import { type Shown, one } from "./page";

export function legend(side: HTMLElement, changed: (shown: Shown) => void): Shown {
  for (const slot of side.querySelectorAll<HTMLElement>(".mark-slot")) {
    const mark = STATES[slot.dataset["state"] ?? ""];
    if (mark) slot.append(markIcon(mark, 17));
  }
  for (const slot of side.querySelectorAll<HTMLElement>(".line-slot")) {
    const stroke = LINES[slot.dataset["line"] ?? ""];
    if (stroke) slot.append(lineIcon(stroke, false, 26));
  }
  const ticked = (name: string): string[] =>
    [...side.querySelectorAll<HTMLInputElement>(`input[name=${name}]:checked`)].map((input) => input.value);
  const read = (): Shown => ({
    states: ticked("state"),
    kind: one<HTMLSelectElement>("#map-kind", side).value,
    fill: (ticked("fill")[0] ?? "") as Shown["fill"],
    lines: ticked("lines"),
  });
  const phases = (): void => {
    for (const group of side.querySelectorAll<HTMLElement>("fieldset[data-phase]")) {
      const states = [...group.querySelectorAll<HTMLInputElement>("input[name=state]")];
      const phase = one<HTMLInputElement>("input.phase", group);
      const on = states.filter((state) => state.checked).length;
      phase.checked = on > 0;
      phase.indeterminate = on > 0 && on < states.length;
    }
  };
  side.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.classList.contains("phase"))
      for (const state of input.closest("fieldset")?.querySelectorAll<HTMLInputElement>("input[name=state]") ?? [])
        state.checked = input.checked;
    phases();
    const shown = read();
    for (const name of ["need", "verified"]) one<HTMLElement>(`.ramp.${name}`, side).hidden = shown.fill !== name;
    changed(shown);
  });
  // On a small screen the map comes first.
  if (matchMedia("(max-width: 760px)").matches) one<HTMLDetailsElement>(".atlas-legend", side).open = false;
  phases();
  return read();
}
