"""Write the results of benchmarks into a page, between `<!-- bench:NAME -->` and `<!-- end -->`.

python -m bench.tables
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

PAGES = tuple(Path(__file__).parents[1] / "docs" / name for name in ("optimiser.md", "office/speed.md"))
MARKED = re.compile(r"(<!-- bench:(\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([str(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def percent(value: float | None, digits: int = 2, sign: str = "") -> str:
    return "" if value is None else f"{100 * value:{sign}.{digits}f}"


def solve(result: dict[str, Any]) -> str:
    heads = (
        "file|class|nodes|edges|terminals|gap %|plan above reference %|bound below reference %|wall s|CPU s|certified"
    )
    return table(
        heads.split("|"),
        (
            [
                row["name"],
                row["class"].partition("/")[0],
                *(f"{row[key]:,}" if key in row else "" for key in ("nodes", "edges", "terminals")),
                percent(row["gap"], 3),
                percent(row.get("above_reference"), 4, "+"),
                percent(row.get("below_reference"), 4, "+"),
                f"{row['wall_s']:.2f}",
                f"{row['cpu_s']:.2f}",
                "yes" if row["certified"] else "no",
            ]
            for row in result["rows"]
        ),
    )


def windows(result: dict[str, Any]) -> str:
    summary = result["summary"]
    rows = []
    for key, label in (("bound_below", "bound below the optimum"), ("plan_above", "plan above the optimum")):
        part = summary[key]
        inside = f"{part['within_target']} of {summary['proven']}"
        rows.append([label, percent(part["worst"]), percent(part["mean"]), f"{percent(part['target'], 0)} %: {inside}"])
    text = table(["", "worst %", "mean %", "within the target"], rows)
    return text + f"\n{summary['proven']} of {summary['windows']} windows have a proven optimum.\n"


def oaxaca_like(result: dict[str, Any]) -> str:
    powers = result["exponents"]
    return (
        table(
            ["sites", "nodes", "arcs", "gap %", "wall s", "CPU s", "GB"],
            (
                [
                    *(f"{row[key]:,}" for key in ("sites", "nodes", "arcs")),
                    percent(row["gap"]),
                    f"{row['wall_s']:.1f}",
                    f"{row['cpu_s']:.1f}",
                    f"{row['peak_gb']:.2f}",
                ]
                for row in result["rows"]
            ),
        )
        + f"\nCPU seconds grow with the number of sites to the power {powers['cpu_s']}, memory {powers['peak_gb']}.\n"
    )


def synthetic(result: dict[str, Any]) -> str:
    return table(
        ["nodes", "edges", "sites", "gap %", "wall s", "CPU s", "GB"],
        (
            [
                *(f"{row[key]:,}" for key in ("nodes", "edges", "sites")),
                percent(row["gap"]),
                f"{row['wall_s']:.1f}",
                f"{row['cpu_s']:.1f}",
                f"{row['peak_gb']:.2f}",
            ]
            for row in result["rows"]
        ),
    )


def peers(result: dict[str, Any]) -> str:
    return table(
        ["problem", "size", "solver", "objective", "above our bound %", "to ours", "wall s", "CPU s", "GB"],
        (
            [
                row["problem"],
                f"{row['size']:,}",
                row["solver"],
                f"{row['objective'] / 100:,.0f}",
                percent(row["above_bound"]),
                f"{row['to_ours']:.4f}",
                f"{row['wall_s']:.2f}",
                f"{row['cpu_s']:.2f}",
                f"{row['peak_gb']:.2f}",
            ]
            for row in result["rows"]
        ),
    )


def curve(result: dict[str, Any]) -> str:
    names = ("lower_bound", "tree_cost", "cost")
    given = table(
        ["seconds for the solver", "bound", "tree without limits", "plan", "gap of the solver %", "gap of the plan %"],
        (
            [
                f"{row['seconds']:.0f}",
                *(f"{row[name] / 1e6:,.1f}" for name in names),
                percent(row["solver_gap"]),
                percent(row["plan_gap"]),
            ]
            for row in result["rows"]
        ),
    )
    shown = table(
        ["in the longest, after s", "doing", "bound", "tree or plan", "gap %"],
        (
            [
                row["at_s"],
                row["stage"],
                *(f"{row[name] / 1e6:,.1f}" for name in ("bound", "plan")),
                percent(row["plan"] / row["bound"] - 1.0),
            ]
            for row in result["curve"]
        ),
    )
    return f"{given}\n{shown}"


def again(result: dict[str, Any]) -> str:
    return table(
        ["change", "gap from nothing %", "s, CPU-s to it", "gap from before %", "s, CPU-s to the same", "times faster"],
        (
            [
                row["change"],
                percent(row["cold"]["gap"]),
                f"{row['cold']['wall_s']:.1f}, {row['cold']['cpu_s']:.1f}",
                percent(row["warm"]["gap"]),
                "never" if row["times_faster"] is None else f"{row['warm']['wall_s']:.1f}, {row['warm']['cpu_s']:.1f}",
                row["times_faster"] or "",
            ]
            for row in result["rows"]
        ),
    )


def office(result: dict[str, Any]) -> str:
    tiles, view, stream, taken = result["tiles"], result["first_view"], result["files"]["stream"], result["import"]
    asked = table(
        ["16 connections ask for", "requests/s", "p50 ms", "p95 ms", "target"],
        (
            [row["case"], f"{row['rps']:,}", row["p50_ms"], row["p95_ms"], OFFICE_TARGETS.get(row["case"], "")]
            for row in [*result["pages"], *result["api"]]
            if "rps" in row
        ),
    )
    rows = [
        ["tiles of the map", f"{tiles['wall_s']} s, {tiles['process_cpu_s']} CPU-s, {tiles['peak_gb']} GB", "30 s"],
        ["map of the country until a browser is idle, drawn in software", f"{view['idle_s']} s", "3 s"],
        [
            "the register as CSV",
            f"{stream['rows_per_s']:,} rows/s, the server's memory grows {stream['grown_mb']} MB",
            "50,000 rows/s",
        ],
        [
            f"import of {taken['rows']:,} rows, dry run and all",
            f"{taken['wall_s']} s, {taken['cpu_s']} CPU-s, {taken['peak_gb']} GB",
            "120 s, 1 GB",
        ],
        *(
            [f"file of {row['form']}", f"{row['wall_s']} s, {row['peak_gb']} GB", ""]
            for row in result["files"]["files"]
        ),
        *(
            [
                f"{row['case']}: {row['features']:,} features",
                f"{row['seconds']} s{'' if row['in_order'] else ', not all or not in order'}",
                "all, in order",
            ]
            for row in result["api"]
            if "features" in row
        ),
    ]
    return f"{asked}\n{table(['what', 'took', 'target'], rows)}"


OFFICE_TARGETS = {
    "site page": "800, p95 30",
    "row of the API": "800, p95 30",
    "list with a filter": "p95 150",
    "list with filters": "p95 150",
}
WRITERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "solve": solve,
    "windows": windows,
    "oaxaca_like": oaxaca_like,
    "curve": curve,
    "again": again,
    "synthetic": synthetic,
    "peers": peers,
    "office": office,
}


def write_tables(results: Path) -> None:
    """Put every result at hand between its marks; the rest of the pages stays as it is."""

    def filled(found: re.Match[str]) -> str:
        file = results / f"{found[2]}.json"
        if found[2] not in WRITERS or not file.exists():
            return found[0]
        result = json.loads(file.read_text(encoding="utf-8"))["result"]
        return f"{found[1]}{WRITERS[found[2]](result)}{found[3]}"

    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        page.write_text(MARKED.sub(filled, text), encoding="utf-8")


if __name__ == "__main__":
    write_tables(Path(__file__).parent / "results")
