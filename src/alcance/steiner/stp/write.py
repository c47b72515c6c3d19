"""Write STP files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alcance.errors import OutputError
from alcance.proof import REQUIRED
from alcance.steiner.stp.numbers import as_decimal

if TYPE_CHECKING:
    from alcance.steiner.stp.instance import StpInstance

MAGIC = "33D32945"


def write_stp(path: Path | str, instance: StpInstance) -> None:
    """Write an instance as an STP file that `read_stp` reads back unchanged.

    Raises
    ------
    OutputError
        Where the file cannot be written.
    """
    letter = "A" if instance.directed else "E"
    lines = [f"{MAGIC} STP File, STP Format Version 1.0", "", "SECTION Comment", f'Name "{instance.name}"', "END", ""]
    lines += ["SECTION Graph", f"Nodes {instance.node_count}"]
    lines.append(f"{'Arcs' if instance.directed else 'Edges'} {instance.tails.size}")
    edges = zip(instance.tails.tolist(), instance.heads.tolist(), instance.costs.tolist(), strict=True)
    lines += [f"{letter} {tail} {head} {as_decimal(cost, instance.decimals)}" for tail, head, cost in edges]
    lines += ["END", "", *_terminal_lines(instance), ""]
    if instance.node_costs is not None and not instance.weighted:
        lines.append("SECTION NodeWeights")
        lines += [f"NW {as_decimal(cost, instance.decimals)}" for cost in instance.node_costs[1:].tolist()]
        lines += ["END", ""]
    lines += ["EOF", ""]
    try:
        Path(path).write_text("\n".join(lines), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error


def _terminal_lines(instance: StpInstance) -> list[str]:
    lines = []
    if instance.root is not None:
        # A root among required terminals is simply the first of them, as `read_stp` takes it.
        plain = "steiner" in instance.kind and not instance.directed
        lines.append(f"{'T' if plain else 'Root' if 'steiner' in instance.kind else 'RootP'} {instance.root}")
    for node, prize in zip(instance.terminals.tolist(), instance.prizes.tolist(), strict=True):
        word = "T" if instance.weighted or prize == REQUIRED else "TP"
        amount = "" if prize == REQUIRED else f" {as_decimal(prize, instance.decimals)}"
        lines.append(f"{word} {node}{amount}")
    if instance.weighted and instance.node_costs is not None:
        root_won = instance.won_in_all - int(instance.prizes.sum())
        if root_won:
            lines.append(f"T {instance.root} {as_decimal(root_won, instance.decimals)}")
        costs = enumerate(instance.node_costs.tolist())
        lines += [f"T {node} {as_decimal(-cost, instance.decimals)}" for node, cost in costs if cost]
    return ["SECTION Terminals", f"Terminals {len(lines)}", *lines, "END"]
