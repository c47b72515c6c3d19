"""Run the package pcst_fast over an undirected problem; for a Python of its own, that need not have Alcance.

PYTHON bench/peer_pcst_fast.py PROBLEM.npz ANSWER.npz

PROBLEM.npz holds tails, heads, costs, prizes (node 0 is the root); ANSWER.npz gets edges, wall_s and cpu_s.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pcst_fast

if int(np.__version__.split(".")[0]) >= 2:
    sys.exit("pcst_fast 1.0.10 returns wrong arrays with numpy 2: give it a Python with numpy < 2")


def main() -> None:
    with np.load(sys.argv[1]) as problem:
        ends = np.column_stack([problem["tails"], problem["heads"]]).astype(np.int64)
        costs = problem["costs"].astype(np.float64)
        prizes = problem["prizes"].astype(np.float64)
    wall, cpu = time.perf_counter(), time.process_time()
    _, edges = pcst_fast.pcst_fast(ends, prizes, costs, 0, 1, "strong", 0)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    np.savez(sys.argv[2], edges=edges, wall_s=wall, cpu_s=cpu)


if __name__ == "__main__":
    main()
