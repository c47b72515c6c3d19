"""Read STP files.

What a file asks is told by its lines, never by its `Problem` line, which is missing or wrong in several public files:
`T v` is a required terminal, `TP v prize` a prized one, `T v weight` a node with a weight that is sought (above 0) or
shunned (below), `RootP v` or `Root v` the root; `NW cost`, one for each node in their order, is what it costs. Costs
are decimals; they are scaled to integers by the power of ten that keeps every digit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from alcance.errors import InputError
from alcance.errors import Problem as Trouble
from alcance.proof import REQUIRED
from alcance.steiner.problem import TOTAL_COST_LIMIT
from alcance.steiner.stp.instance import StpInstance
from alcance.steiner.stp.numbers import LineError, decimal, plain_decimals, plain_nodes, whole_number
from alcance.steiner.stp.write import MAGIC

MOST_NODES = 100_000_000
REPORTED_AT_MOST = 20
LEAST_RUN = 16
MIXED = "weights ('T node weight', 3 words) and terminals ('T node', 'TP node prize') in one file are not supported"


@dataclass
class _Draft:
    """What has been read so far."""

    name: str
    node_count: int | None = None
    edges_said: int | None = None
    terminals_said: int | None = None
    directed: bool = False
    ends: list[tuple[int, int]] = field(default_factory=list)
    costs: list[tuple[int, int]] = field(default_factory=list)
    terminals: dict[int, tuple[int, int] | None] = field(default_factory=dict)
    weights: dict[int, tuple[int, int]] = field(default_factory=dict)
    node_costs: list[tuple[int, int]] = field(default_factory=list)
    # The first edge without a cost, which only a file with weights may have.
    costless: tuple[int, str] | None = None
    root: int | None = None
    section: str = ""
    ended: bool = False
    warnings: list[str] = field(default_factory=list)


def read_stp(path: Path | str) -> StpInstance:
    """Read an STP file.

    Raises
    ------
    InputError
        With file and line for everything that is malformed, negative, out of range or not supported.
    """
    path = Path(path)
    faults: list[Trouble] = []
    draft = _Draft(path.stem)
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError([Trouble(str(path), None, "", "", f"cannot be read: {error.strerror}")]) from error
    lines = text.split("\n")
    read_until = tried_until = 0
    for number, line in enumerate(lines, start=1):
        if number <= read_until:
            continue
        if number > tried_until and draft.section == "graph" and line[:2] in {"E ", "A "}:
            done, tried_until = _read_run(draft, lines, number)
            if done:
                read_until = tried_until
                continue
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0].upper() == "EOF":
            draft.ended = True
            break
        try:
            _read_line(draft, number, words)
        except LineError as error:
            faults.append(Trouble(str(path), number, "", line.strip()[:60], str(error)))
            if len(faults) >= REPORTED_AT_MOST:
                break
    if not faults:
        faults = _whole_file_faults(draft, str(path))
    if faults:
        raise InputError(faults)
    return _finish(draft, str(path))


def _read_line(draft: _Draft, number: int, words: list[str]) -> None:
    keyword = words[0].upper()
    if number == 1 and keyword == MAGIC:
        return
    if keyword == "SECTION":
        if draft.section:
            raise LineError(f"section {draft.section} has not ended: an END line is missing before this one")
        if len(words) < 2:
            raise LineError("a section needs a name")
        draft.section = words[1].lower()
    elif keyword == "END":
        if not draft.section:
            raise LineError("END outside of any section")
        draft.section = ""
    elif draft.section in {"comment", "comments"}:
        if keyword.rstrip(":") == "NAME" and len(words) > 1:
            draft.name = " ".join(words[1:]).strip('"') or draft.name
    elif draft.section == "graph":
        _read_graph_line(draft, number, keyword, words)
    elif draft.section == "nodeweights":
        if keyword != "NW":
            raise LineError("not understood in the NodeWeights section: 'NW cost' was expected")
        _expect(words, 2, "'NW cost'")
        draft.node_costs.append(decimal(words[1], "node weight"))
    elif draft.section == "terminals":
        _read_terminal_line(draft, number, keyword, words)
    elif not draft.section:
        raise LineError("outside of any section: SECTION name was expected")


def _read_graph_line(draft: _Draft, number: int, keyword: str, words: list[str]) -> None:
    if keyword in {"E", "A"}:
        if len(words) == 3 and draft.costless is None:
            draft.costless = (number, " ".join(words)[:60])
        _expect(words, 4 if len(words) != 3 else 3, f"'{keyword} node node cost'")
        if draft.node_count is None:
            raise LineError("an edge before the 'Nodes' line")
        if draft.ends and draft.directed != (keyword == "A"):
            raise LineError("edges (E) and arcs (A) in one file are not supported")
        draft.directed = keyword == "A"
        ends = (_node(draft, words[1]), _node(draft, words[2]))
        draft.costs.append(decimal(words[3], "cost") if len(words) == 4 else (0, 0))
        draft.ends.append(ends)
        if ends[0] == ends[1]:
            draft.warnings.append(f"line {number}: a loop at node {ends[0]} is never used")
    elif keyword == "NODES":
        _expect(words, 2, "'Nodes count'")
        draft.node_count = whole_number(words[1])
        if draft.node_count < 1:
            raise LineError("a graph needs at least one node")
        if draft.node_count > MOST_NODES:
            draft.node_count = None
            raise LineError(f"more than {MOST_NODES} nodes")
    elif keyword in {"EDGES", "ARCS"}:
        _expect(words, 2, f"'{words[0]} count'")
        draft.edges_said = whole_number(words[1])
    elif keyword not in {"OBSTACLES"}:
        raise LineError("not understood in the Graph section: Nodes, Edges, Arcs, E or A was expected")


def _read_terminal_line(draft: _Draft, number: int, keyword: str, words: list[str]) -> None:
    if keyword == "T":
        if len(words) == 3:
            _add_weight(draft, number, _node(draft, words[1]), decimal(words[2], "weight", signed=True))
            return
        _expect(words, 2, "'T node' or 'T node weight'")
        _add_terminal(draft, number, _node(draft, words[1]), None)
    elif keyword == "TP":
        _expect(words, 3, "'TP node prize'")
        _add_terminal(draft, number, _node(draft, words[1]), decimal(words[2], "prize"))
    elif keyword in {"ROOT", "ROOTP"}:
        _expect(words, 2, f"'{words[0]} node'")
        root = _node(draft, words[1])
        if draft.root is not None and draft.root != root:
            raise LineError(f"a second root; the first was {draft.root}")
        draft.root = root
    elif keyword == "TERMINALS":
        _expect(words, 2, "'Terminals count'")
        draft.terminals_said = whole_number(words[1])
    else:
        raise LineError("not understood in the Terminals section: Terminals, T, TP, Root or RootP was expected")


def _add_terminal(draft: _Draft, number: int, node: int, prize: tuple[int, int] | None) -> None:
    if draft.weights:
        raise LineError(MIXED)
    if node not in draft.terminals:
        draft.terminals[node] = prize
    elif draft.terminals[node] == prize:
        draft.warnings.append(f"line {number}: terminal {node} is named again")
    else:
        raise LineError(f"terminal {node} is named before with another prize")


def _add_weight(draft: _Draft, number: int, node: int, weight: tuple[int, int]) -> None:
    if draft.terminals:
        raise LineError(MIXED)
    if node not in draft.weights:
        draft.weights[node] = weight
    elif draft.weights[node] == weight:
        draft.warnings.append(f"line {number}: node {node} is named again")
    else:
        raise LineError(f"node {node} is named before with another weight")


def _read_run(draft: _Draft, lines: list[str], number: int) -> tuple[bool, int]:
    """Read a long run of plain edges at once; returns whether that could be done, and the last line of the run."""
    keyword = lines[number - 1][0]
    last = number
    while last < len(lines) and lines[last][:2] == keyword + " ":
        last += 1
    count = last - number + 1
    words = " ".join(lines[number - 1 : last]).split()
    plain = count >= LEAST_RUN and len(words) == 4 * count and words[0::4].count(keyword) == count
    if not plain or draft.node_count is None or (draft.ends and draft.directed != (keyword == "A")):
        return False, last
    tails, heads = (plain_nodes(words[at::4], draft.node_count) for at in (1, 2))
    costs = plain_decimals(words[3::4])
    if tails is None or heads is None or costs is None or bool((tails == heads).any()):
        return False, last
    draft.directed = keyword == "A"
    draft.ends += zip(tails.tolist(), heads.tolist(), strict=True)
    draft.costs += costs
    return True, last


def _expect(words: list[str], count: int, form: str) -> None:
    if len(words) != count:
        raise LineError(f"{form} was expected, {count} words and not {len(words)}")


def _node(draft: _Draft, word: str) -> int:
    node = whole_number(word)
    if draft.node_count is None:
        raise LineError("a node before the 'Nodes' line")
    if not 1 <= node <= draft.node_count:
        raise LineError(f"node {node} is not from 1 to {draft.node_count}")
    return node


def _whole_file_faults(draft: _Draft, name: str) -> list[Trouble]:
    faults = []

    def fault(value: str, message: str) -> None:
        faults.append(Trouble(name, None, "", value, message))

    if draft.section:
        fault(draft.section, "the section has not ended: an END line is missing")
    if draft.node_count is None:
        fault("", "no 'Nodes' line: the Graph section is missing")
    if draft.edges_said is not None and draft.edges_said != len(draft.ends):
        fault(str(len(draft.ends)), f"{draft.edges_said} edges were announced, another number is listed")
    listed = len(draft.terminals) + len(draft.weights)
    # Files differ in whether the count includes the root.
    if draft.terminals_said is not None and not listed <= draft.terminals_said <= listed + 1:
        fault(str(listed), f"{draft.terminals_said} terminals were announced, another number is listed")
    if not listed:
        fault("", "no terminals: a 'T node' or 'TP node prize' line was expected")
    if draft.costless is not None and not draft.weights:
        message = "'E node node cost' was expected, 4 words and not 3"
        faults.append(Trouble(name, draft.costless[0], "", draft.costless[1], message))
    if draft.weights and draft.node_costs:
        fault("", "node weights (NW) and weighted terminals ('T node weight') in one file are not supported")
    if draft.node_costs and draft.node_count is not None and len(draft.node_costs) != draft.node_count:
        fault(str(len(draft.node_costs)), f"one node weight (NW) for each of {draft.node_count} nodes was expected")
    unrooted = draft.root is None and None not in draft.terminals.values()
    if unrooted and draft.directed and listed:
        fault("", "arcs (A) and no root: name it with a 'Root node' line")
    if not draft.ended and not faults:
        draft.warnings.append("no EOF line")
    return faults


def _finish(draft: _Draft, name: str) -> StpInstance:
    node_count, root = draft.node_count, draft.root
    if node_count is None:
        raise RuntimeError("a file without faults has nodes")
    if root is None:
        root = next((node for node, prize in draft.terminals.items() if prize is None), None)
    prizes = {node: prize for node, prize in draft.terminals.items() if node != root}
    sought = {node: weight for node, weight in draft.weights.items() if weight[0] > 0 and node != root}
    shunned = {node: (-weight[0], weight[1]) for node, weight in draft.weights.items() if weight[0] < 0}
    prizes |= sought
    costs_of = dict(enumerate(draft.node_costs, start=1)) or shunned
    amounts = [*draft.costs, *costs_of.values(), *(prize for prize in prizes.values() if prize is not None)]
    amounts += [draft.weights[root]] if root in draft.weights and draft.weights[root][0] > 0 else []
    decimals = max((places for _, places in amounts), default=0)
    total = sum(value * 10 ** (decimals - places) for value, places in amounts)
    if 2 * total >= TOTAL_COST_LIMIT:
        message = f"costs with {decimals} decimals add up to more than 2^59 units: use fewer decimals"
        raise InputError([Trouble(name, None, "", "", message)])

    def scaled(amounts: list[tuple[int, int]]) -> list[int]:
        return [value * 10 ** (decimals - places) for value, places in amounts]

    ends = np.array(draft.ends, dtype=np.int32).reshape(-1, 2)
    node_costs = np.zeros(node_count + 1, dtype=np.int64)
    node_costs[list(costs_of)] = scaled(list(costs_of.values()))
    return StpInstance(
        draft.name,
        node_count,
        ends[:, 0].copy(),
        ends[:, 1].copy(),
        np.array(scaled(draft.costs), dtype=np.int64),
        draft.directed,
        root,
        np.array(list(prizes), dtype=np.int32),
        np.array([REQUIRED if prize is None else scaled([prize])[0] for prize in prizes.values()], dtype=np.int64),
        decimals,
        node_costs if draft.node_costs or draft.weights else None,
        bool(draft.weights),
        sum(scaled([weight for weight in draft.weights.values() if weight[0] > 0])),
        tuple(draft.warnings),
    )
