"""The proof of a lower bound: sparse potentials, and where cases were told apart, the decisions that lead to each.

A potential is D at the root, and lower at the terminals that pay for it. One after another they pay for it from the
bottom up: who pays for the part from a to b stands at a or lower, so that along every path from the root to it the
potential falls through that part. Where all potentials together fall by no more than an arc's cost on every arc, no
network can cost less than the sum of the Ds, when it is charged the prizes of those it leaves out.

A problem without a root has a root outside, with an arc to every node at a price for opening: a network opens one
node, so what is proven with that price holds for the problem once the price is subtracted.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

POTENTIALS = ("payer_ptr", "payers", "amounts", "indptr", "nodes", "values")
CASES = ("leaf_ptr", "opening", "decision_ptr", "decision_node", "decision_inside")
LOW_BITS = 32


@dataclass(frozen=True)
class Certificate:
    """Sparse potentials in the problem's own numbering, for one case or for every leaf of a tree of decisions.

    Parameters
    ----------
    payer_ptr
        int64[c + 1]: component i is paid for by payers payer_ptr[i] … payer_ptr[i + 1] − 1, in this order.
    payers, amounts
        int32[], int64[]: terminals and what each pays. The amounts of a component add up to D, the potential at the
        root and at every node not listed, which is what it adds to the bound; a payer's own potential is at most what
        those before it pay.
    indptr
        int64[c + 1]: component i lists entries indptr[i] … indptr[i + 1] − 1.
    nodes, values
        int32[], int64[]: the listed nodes, ascending in each component, and their potentials from 0 to D − 1.
    leaf_ptr
        int64[l + 1]: leaf i holds components leaf_ptr[i] … leaf_ptr[i + 1] − 1.
    opening
        int64[l]: the price that a leaf puts on opening a root. Where the problem names its root, that root is open
        anyway, and the price is minus the root's own node cost (0 without node costs).
    decision_ptr, decision_node, decision_inside
        int64[l + 1], int32[], uint8[]: the decisions on the way to each leaf, outermost first: that a node must (1) or
        may not (0) be in the network.
    """

    payer_ptr: NDArray[np.int64]
    payers: NDArray[np.int32]
    amounts: NDArray[np.int64]
    indptr: NDArray[np.int64]
    nodes: NDArray[np.int32]
    values: NDArray[np.int64]
    leaf_ptr: NDArray[np.int64]
    opening: NDArray[np.int64]
    decision_ptr: NDArray[np.int64]
    decision_node: NDArray[np.int32]
    decision_inside: NDArray[np.uint8]

    @classmethod
    def single(
        cls,
        payers: NDArray[np.int32],
        amounts: NDArray[np.int64],
        indptr: NDArray[np.int64],
        nodes: NDArray[np.int32],
        values: NDArray[np.int64],
        opening: int = 0,
        payer_ptr: NDArray[np.int64] | None = None,
    ) -> Certificate:
        """A certificate without decisions; without `payer_ptr` every component has one payer."""
        return cls(
            np.arange(len(payers) + 1, dtype=np.int64) if payer_ptr is None else payer_ptr,
            payers,
            amounts,
            indptr,
            nodes,
            values,
            np.array([0, len(indptr) - 1], dtype=np.int64),
            np.array([opening], dtype=np.int64),
            np.zeros(2, dtype=np.int64),
            np.zeros(0, dtype=np.int32),
            np.zeros(0, dtype=np.uint8),
        )

    @classmethod
    def empty(cls) -> Certificate:
        """One that proves no more than 0."""
        none, nothing = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)
        return cls.single(none, nothing, np.zeros(1, dtype=np.int64), none, nothing)

    @classmethod
    def branched(cls, leaves: Sequence[tuple[Certificate, Sequence[tuple[int, bool]]]]) -> Certificate:
        """One certificate of several cases: each leaf without decisions of its own, and the decisions that lead to it.

        The leaves stand in the order of the tree of decisions: at every node of it first all with the network's node
        inside, then all with it outside.
        """
        parts = [leaf for leaf, _ in leaves]
        decisions = [decision for _, way in leaves for decision in way]
        return cls(
            _pointers(np.diff(part.payer_ptr) for part in parts),
            _joined([part.payers for part in parts], np.int32),
            _joined([part.amounts for part in parts], np.int64),
            _pointers(np.diff(part.indptr) for part in parts),
            _joined([part.nodes for part in parts], np.int32),
            _joined([part.values for part in parts], np.int64),
            _pointers([len(part.indptr) - 1] for part in parts),
            _joined([part.opening for part in parts], np.int64),
            _pointers([len(way)] for _, way in leaves),
            np.array([node for node, _ in decisions], dtype=np.int32),
            np.array([inside for _, inside in decisions], dtype=np.uint8),
        )

    def leaves(self) -> list[tuple[Certificate, list[tuple[int, bool]]]]:
        """Each case by itself, as `branched` takes them."""
        pieces = []
        for leaf in range(len(self.opening)):
            first, last = int(self.leaf_ptr[leaf]), int(self.leaf_ptr[leaf + 1])
            entries = slice(int(self.indptr[first]), int(self.indptr[last]))
            paid = slice(int(self.payer_ptr[first]), int(self.payer_ptr[last]))
            way = slice(int(self.decision_ptr[leaf]), int(self.decision_ptr[leaf + 1]))
            single = Certificate.single(
                self.payers[paid],
                self.amounts[paid],
                self.indptr[first : last + 1] - self.indptr[first],
                self.nodes[entries],
                self.values[entries],
                opening=int(self.opening[leaf]),
                payer_ptr=self.payer_ptr[first : last + 1] - self.payer_ptr[first],
            )
            inside = self.decision_inside[way].astype(bool).tolist()
            pieces.append((single, list(zip(self.decision_node[way].tolist(), inside, strict=True))))
        return pieces

    @property
    def height(self) -> NDArray[np.int64]:
        """D of each component: the sum of what is paid for it, int64[c]."""
        sums = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self.amounts, dtype=np.int64)])
        return np.diff(sums[self.payer_ptr])

    @property
    def bound(self) -> int:
        """The lower bound that this certificate claims: the least of its leaves, exact whatever the numbers."""
        claims = []
        for leaf in range(len(self.opening)):
            paid = self.amounts[self.payer_ptr[self.leaf_ptr[leaf]] : self.payer_ptr[self.leaf_ptr[leaf + 1]]]
            high, low = int((paid >> LOW_BITS).sum()), int((paid & ((1 << LOW_BITS) - 1)).sum())
            claims.append((high << LOW_BITS) + low - int(self.opening[leaf]))
        return min(claims, default=0)

    def save(self, path: Path) -> None:
        """Write the arrays as a compressed npz file."""
        np.savez_compressed(path, allow_pickle=False, **vars(self))

    @classmethod
    def load(cls, path: Path) -> Certificate:
        """Read what `save` wrote.

        Raises
        ------
        InputError
            Where the file cannot be read or lacks an array.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
        except (OSError, ValueError, EOFError, AttributeError, TypeError, zipfile.BadZipFile) as error:
            raise InputError([Problem(str(path), None, "", "", f"cannot be read ({error})")]) from error
        return cls.of_arrays(arrays, str(path))

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> Certificate:
        """A certificate of arrays read from a file; a file that knows of no cases holds a single one.

        Raises
        ------
        InputError
            With every array that is missing or unknown.
        """
        wanted = POTENTIALS + (CASES if any(array in arrays for array in CASES) else ())
        faults = [Problem(name, None, array, "", "array missing") for array in wanted if array not in arrays]
        faults += [
            Problem(name, None, array, "", "no array of a certificate") for array in arrays if array not in wanted
        ]
        faults += [
            Problem(name, None, array, str(np.shape(arrays[array])), "must be a flat array")
            for array in wanted
            if array in arrays and np.ndim(arrays[array]) != 1
        ]
        if faults:
            raise InputError(faults)
        if len(wanted) == len(POTENTIALS):
            payer_ptr, payers, amounts, indptr, nodes, values = (arrays[array] for array in POTENTIALS)
            return cls.single(payers, amounts, indptr, nodes, values, payer_ptr=payer_ptr)
        return cls(**{array: arrays[array] for array in wanted})


def _joined(parts: list[NDArray[Any]], dtype: type) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype=dtype), *parts]).astype(dtype)


def _pointers(counts: Iterable[ArrayLike]) -> NDArray[np.int64]:
    """Where each of the counted pieces begins, and where the last ends."""
    return np.cumsum(np.concatenate([[0], *(np.asarray(count, dtype=np.int64) for count in counts)]), dtype=np.int64)
