"""STP files (SteinLib and DIMACS): plain Steiner trees and rooted prize-collecting trees, read and written exactly.

What a file asks is told by its terminals, never by its `Problem` line, which is missing or wrong in several public
files: `T v` is a required terminal, `TP v prize` a prized one, `RootP v` or `Root v` the root. Costs are decimals;
they are scaled to integers by the power of ten that keeps every digit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from alcance.errors import InputError, OutputError
from alcance.errors import Problem as Trouble
from alcance.proof import REQUIRED
from alcance.steiner.problem import TOTAL_COST_LIMIT, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_DECIMALS = 12
REPORTED_AT_MOST = 20
MAGIC = "33D32945"
UNROOTED = (
    "terminals with prizes (TP) but no root: unrooted prize-collecting is not solved yet; name the root with a "
    "'RootP node' line, or require a terminal with 'T node'"
)


@dataclass(frozen=True)
class StpInstance:
    """What an STP file says, with node numbers as in the file (from 1).

    Parameters
    ----------
    name
        From the file, or the file's own name.
    node_count
        Number of nodes.
    tails, heads, costs
        Edges (or arcs) in the file's order: int32[e], int32[e], int64[e] in units of 10^−decimals.
    directed
        True where the file lists arcs (A) and not edges (E).
    root
        The root named by the file, or the first required terminal.
    terminals, prizes
        int32[k], int64[k]: terminals but the root; a prize of −1 (`REQUIRED`) where it must be reached.
    decimals
        Costs and prizes are whole multiples of 10^−decimals.
    warnings
        What was odd but understood, with line numbers.
    """

    name: str
    node_count: int
    tails: NDArray[np.int32]
    heads: NDArray[np.int32]
    costs: NDArray[np.int64]
    directed: bool
    root: int
    terminals: NDArray[np.int32]
    prizes: NDArray[np.int64]
    decimals: int
    warnings: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """`steiner` where every terminal is required, else `rooted prize-collecting`."""
        return "steiner" if bool((self.prizes == REQUIRED).all()) else "rooted prize-collecting"

    def problem(self) -> Problem:
        """The directed problem: edge e becomes arcs e and e + edge count; node numbers stay as in the file."""
        tails, heads, costs = self.tails, self.heads, self.costs
        if not self.directed:
            tails = np.concatenate([tails, self.heads])
            heads = np.concatenate([heads, self.tails])
            costs = np.concatenate([costs, costs])
        return Problem.build(
            self.node_count + 1, self.root, tails, heads, costs, self.terminals, self.prizes, name=self.name
        )


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
    root: int | None = None
    section: str = ""
    ended: bool = False
    warnings: list[str] = field(default_factory=list)


class _LineError(Exception):
    """What is wrong with the line being read."""


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
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0].upper() == "EOF":
            draft.ended = True
            break
        try:
            _read_line(draft, number, words)
        except _LineError as error:
            faults.append(Trouble(str(path), number, "", line.strip()[:60], str(error)))
            if len(faults) >= REPORTED_AT_MOST:
                break
    faults += _whole_file_faults(draft, str(path), complete=not faults)
    if faults:
        raise InputError(faults)
    return _finish(draft, str(path))


def _read_line(draft: _Draft, number: int, words: list[str]) -> None:
    keyword = words[0].upper()
    if number == 1 and keyword == MAGIC:
        return
    if keyword == "SECTION":
        if draft.section:
            raise _LineError(f"section {draft.section} has not ended: an END line is missing before this one")
        if len(words) < 2:
            raise _LineError("a section needs a name")
        draft.section = words[1].lower()
    elif keyword == "END":
        if not draft.section:
            raise _LineError("END outside of any section")
        draft.section = ""
    elif draft.section in {"comment", "comments"}:
        if keyword.rstrip(":") == "NAME" and len(words) > 1:
            draft.name = " ".join(words[1:]).strip('"') or draft.name
    elif draft.section == "graph":
        _read_graph_line(draft, number, keyword, words)
    elif draft.section == "terminals":
        _read_terminal_line(draft, number, keyword, words)
    elif not draft.section:
        raise _LineError("outside of any section: SECTION name was expected")


def _read_graph_line(draft: _Draft, number: int, keyword: str, words: list[str]) -> None:
    if keyword in {"E", "A"}:
        _expect(words, 4, "'E node node cost'")
        if draft.node_count is None:
            raise _LineError("an edge before the 'Nodes' line")
        if draft.ends and draft.directed != (keyword == "A"):
            raise _LineError("edges (E) and arcs (A) in one file are not supported")
        draft.directed = keyword == "A"
        ends = (_node(draft, words[1]), _node(draft, words[2]))
        draft.costs.append(_decimal(words[3], "cost"))
        draft.ends.append(ends)
        if ends[0] == ends[1]:
            draft.warnings.append(f"line {number}: a loop at node {ends[0]} is never used")
    elif keyword == "NODES":
        _expect(words, 2, "'Nodes count'")
        draft.node_count = _count(words[1])
        if draft.node_count < 1:
            raise _LineError("a graph needs at least one node")
    elif keyword in {"EDGES", "ARCS"}:
        _expect(words, 2, f"'{words[0]} count'")
        draft.edges_said = _count(words[1])
    elif keyword not in {"OBSTACLES"}:
        raise _LineError("not understood in the Graph section: Nodes, Edges, Arcs, E or A was expected")


def _read_terminal_line(draft: _Draft, number: int, keyword: str, words: list[str]) -> None:
    if keyword == "T":
        _expect(words, 2, "'T node'")
        _add_terminal(draft, number, _node(draft, words[1]), None)
    elif keyword == "TP":
        _expect(words, 3, "'TP node prize'")
        _add_terminal(draft, number, _node(draft, words[1]), _decimal(words[2], "prize"))
    elif keyword in {"ROOT", "ROOTP"}:
        _expect(words, 2, f"'{words[0]} node'")
        root = _node(draft, words[1])
        if draft.root is not None and draft.root != root:
            raise _LineError(f"a second root; the first was {draft.root}")
        draft.root = root
    elif keyword == "TERMINALS":
        _expect(words, 2, "'Terminals count'")
        draft.terminals_said = _count(words[1])
    else:
        raise _LineError("not understood in the Terminals section: Terminals, T, TP, Root or RootP was expected")


def _add_terminal(draft: _Draft, number: int, node: int, prize: tuple[int, int] | None) -> None:
    if node not in draft.terminals:
        draft.terminals[node] = prize
    elif draft.terminals[node] == prize:
        draft.warnings.append(f"line {number}: terminal {node} is named again")
    else:
        raise _LineError(f"terminal {node} is named before with another prize")


def _expect(words: list[str], count: int, form: str) -> None:
    if len(words) != count:
        raise _LineError(f"{form} was expected, {count} words and not {len(words)}")


def _count(word: str) -> int:
    if not (word.isascii() and word.isdigit()):
        raise _LineError(f"a whole number from 0 was expected, not {word!r}")
    return int(word)


def _node(draft: _Draft, word: str) -> int:
    node = _count(word)
    if draft.node_count is None:
        raise _LineError("a node before the 'Nodes' line")
    if not 1 <= node <= draft.node_count:
        raise _LineError(f"node {node} is not from 1 to {draft.node_count}")
    return node


def _decimal(word: str, what: str) -> tuple[int, int]:
    """A decimal as (digits, decimals) without rounding; trailing zeros are dropped."""
    if word.startswith("-") and word.strip("-0.") != "":
        raise _LineError(f"a {what} must be 0 or more, not {word}")
    mantissa, _, exponent = word.lower().lstrip("+-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    if not (digits.isascii() and digits.isdigit()):
        raise _LineError(f"a {what} must be a decimal number, not {word!r}")
    shift = 0
    if exponent:
        if not exponent.lstrip("+-").isdigit() or len(exponent) > 4:
            raise _LineError(f"a {what} must be a decimal number, not {word!r}")
        shift = int(exponent)
    fraction = fraction.rstrip("0")
    value, decimals = int(whole + fraction or "0"), len(fraction) - shift
    if decimals < 0:
        value, decimals = value * 10**-decimals, 0
    while decimals > 0 and value % 10 == 0:
        value, decimals = value // 10, decimals - 1
    if decimals > MOST_DECIMALS:
        raise _LineError(f"a {what} may have at most {MOST_DECIMALS} decimals: {word}")
    return value, decimals


def _whole_file_faults(draft: _Draft, name: str, *, complete: bool) -> list[Trouble]:
    if not complete:
        return []
    faults = []

    def fault(value: str, message: str) -> None:
        faults.append(Trouble(name, None, "", value, message))

    if draft.section:
        fault(draft.section, "the section has not ended: an END line is missing")
    if draft.node_count is None:
        fault("", "no 'Nodes' line: the Graph section is missing")
    if draft.edges_said is not None and draft.edges_said != len(draft.ends):
        fault(str(len(draft.ends)), f"{draft.edges_said} edges were announced, another number is listed")
    listed = len(draft.terminals)
    # Files differ in whether the count includes the root.
    if draft.terminals_said is not None and not listed <= draft.terminals_said <= listed + 1:
        fault(str(listed), f"{draft.terminals_said} terminals were announced, another number is listed")
    if not draft.terminals:
        fault("", "no terminals: a 'T node' or 'TP node prize' line was expected")
    elif draft.root is None and None not in draft.terminals.values():
        fault("", UNROOTED)
    if not draft.ended and not faults:
        draft.warnings.append("no EOF line")
    return faults


def _finish(draft: _Draft, name: str) -> StpInstance:
    node_count, root = draft.node_count, draft.root
    if root is None:
        root = next(node for node, prize in draft.terminals.items() if prize is None)
    listed = [(node, prize) for node, prize in draft.terminals.items() if node != root]
    amounts = draft.costs + [prize for _, prize in listed if prize is not None]
    decimals = max((places for _, places in amounts), default=0)
    total = sum(value * 10 ** (decimals - places) for value, places in amounts)
    if node_count is None or 2 * total >= TOTAL_COST_LIMIT:
        message = f"costs with {decimals} decimals add up to more than 2^59 units: use fewer decimals"
        raise InputError([Trouble(name, None, "", "", message)])
    ends = np.array(draft.ends, dtype=np.int32).reshape(-1, 2)
    return StpInstance(
        draft.name,
        node_count,
        ends[:, 0].copy(),
        ends[:, 1].copy(),
        np.array([value * 10 ** (decimals - places) for value, places in draft.costs], dtype=np.int64),
        draft.directed,
        root,
        np.array([node for node, _ in listed], dtype=np.int32),
        np.array(
            [REQUIRED if prize is None else prize[0] * 10 ** (decimals - prize[1]) for _, prize in listed],
            dtype=np.int64,
        ),
        decimals,
        tuple(draft.warnings),
    )


def write_stp(path: Path | str, instance: StpInstance) -> None:
    """Write an instance as an STP file that `read_stp` reads back unchanged."""
    prized = instance.kind != "steiner"
    letter = "A" if instance.directed else "E"
    lines = [f"{MAGIC} STP File, STP Format Version 1.0", "", "SECTION Comment", f'Name "{instance.name}"', "END", ""]
    lines += ["SECTION Graph", f"Nodes {instance.node_count}"]
    lines.append(f"{'Arcs' if instance.directed else 'Edges'} {instance.tails.size}")
    edges = zip(instance.tails.tolist(), instance.heads.tolist(), instance.costs.tolist(), strict=True)
    lines += [f"{letter} {tail} {head} {as_decimal(cost, instance.decimals)}" for tail, head, cost in edges]
    lines += ["END", "", "SECTION Terminals", f"Terminals {instance.terminals.size + 1}"]
    # A root among required terminals is simply the first of them, as `read_stp` takes it.
    lines.append(f"{'RootP' if prized else 'Root' if instance.directed else 'T'} {instance.root}")
    for node, prize in zip(instance.terminals.tolist(), instance.prizes.tolist(), strict=True):
        lines.append(f"T {node}" if prize == REQUIRED else f"TP {node} {as_decimal(prize, instance.decimals)}")
    lines += ["END", "", "EOF", ""]
    try:
        Path(path).write_text("\n".join(lines), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error


def as_decimal(value: int, decimals: int) -> str:
    """A scaled integer as the decimal it stands for, with every digit.

    >>> as_decimal(1250, 3)
    '1.250'
    """
    if decimals == 0:
        return str(value)
    sign, digits = ("-" if value < 0 else ""), str(abs(value)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"
