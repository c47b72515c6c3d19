"""What scripts may rely on: exit codes, JSON keys, a fast --help, and no country in the program."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "alcance"
HEAVY = ("numpy", "pandas", "numba", "scipy", "geopandas", "shapely", "pyproj", "rasterio", "matplotlib", "pyarrow")


def strict(text: str):
    """Read JSON as every other language does: without NaN and infinity."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def test_help_loads_nothing_heavy():
    program = (
        "import sys\nfrom alcance.cli import app\nsys.argv = ['alcance', '--help']\n"
        "try:\n    app()\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "print([name for name in sys.argv[1:]], file=sys.stderr)\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stderr.splitlines()[-1] == "[]"
    for command in ("plan", "verify", "link", "links", "coverage", "solve", "report", "serve", "pack"):
        assert command in ran.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("plan",),
        ("plan", "pack"),  # no --out
        ("plan", "pack", "--out", "x", "--no-such-option"),
        ("plan", "pack", "--out", "x", "--seconds", "soon"),
        ("plan", "pack", "--out", "x", "--seconds", "nan"),
        ("verify",),
        ("pack",),
        ("serve", "x", "--port", "70000"),
        (),
    ],
)
def test_wrong_usage_ends_with_2(alcance, arguments):
    ran = alcance(*arguments)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_version(alcance):
    from alcance import __version__

    ran = alcance("--version")
    assert (ran.code, ran.out) == (0, f"alcance {__version__}\n")


@pytest.fixture(scope="module")
def planned(alcance, tiny_pack, tmp_path_factory):
    """A plan by the real command, with what it printed."""
    folder = tmp_path_factory.mktemp("cli") / "plan"
    ran = alcance("plan", tiny_pack, "--out", folder, "--price", "satellite_terminal=3", "--json")
    assert ran.code == 0, ran.err
    return folder, ran


def test_plan_prints_its_summary(planned):
    folder, ran = planned
    assert ran.err == "", "nobody watches: no progress"
    printed = strict(ran.out)
    assert printed == strict((folder / "summary.json").read_text(encoding="utf-8"))
    promised = {
        "sites": int,
        "people": int,
        "cost": float,
        "currency": str,
        "lower_bound": float,
        "solver_gap": float,
        "plan_gap": float,
        "cost_avoidable": float,
        "technologies": dict,
        "fibre_km": float,
        "inferred_fibre_km": float,
        "radio_hops": int,
        "max_hops": int,
        "towers_built": int,
        "seconds": dict,
        "effort": dict,
    }
    for name, kind in promised.items():
        assert isinstance(printed[name], kind), name
    assert printed["sites"] == sum(printed["technologies"].values()) == 17
    assert printed["currency"] == "XTS"
    assert 0 < printed["lower_bound"] <= printed["cost"]
    assert printed["max_hops"] <= printed["hop_limit"]
    assert all(second >= 0 for second in printed["seconds"].values())
    assert printed["effort"] == {
        "moves_per_terminal": printed["policy"]["moves_per_terminal"],
        "seconds": None,
        "interrupted": False,
    }


def test_the_plan_folder_is_whole(planned):
    folder, _ = planned
    promised = {
        "summary.json",
        "sites.parquet",
        "edges.parquet",
        "nodes.parquet",
        "problem.npz",
        "certificate.npz",
        "plan.gpkg",
        "plan.ofds.json",
        "plan.kmz",
        "report.html",
    }
    assert promised <= {path.name for path in folder.iterdir()}
    assert zipfile.is_zipfile(folder / "plan.kmz")
    strict((folder / "plan.ofds.json").read_text(encoding="utf-8"))
    assert [path.name for path in folder.parent.iterdir()] == ["plan"]


def test_a_plan_is_put_in_words_where_no_json_is_asked_for(alcance, tiny_pack, tmp_path):
    ran = alcance("plan", tiny_pack, "--out", tmp_path / "p", "--policy", "moves_per_terminal=1", "--lang", "es")
    assert ran.code == 0
    assert "XTS" in ran.out
    assert ran.out.splitlines()[-1] == str(tmp_path / "p")
    assert ran.out.startswith("Sitios conectados")


def test_verify_prints_what_holds(alcance, planned, tiny_pack):
    folder, _ = planned
    ran = alcance("verify", folder, "--pack", tiny_pack, "--json")
    assert ran.code == 0
    told = strict(ran.out)
    assert told["failures"] == []
    assert len(told["checks"]) > 40


def test_verify_ends_with_1_where_anything_was_altered(alcance, planned, tmp_path):
    import shutil

    folder = Path(shutil.copytree(planned[0], tmp_path / "altered"))
    summary = strict((folder / "summary.json").read_text(encoding="utf-8"))
    summary["lower_bound"] += 1.0
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    ran = alcance("verify", folder)
    assert ran.code == 1
    assert "FAILS: the lower bound is what the certificate proves" in ran.err
    assert "Traceback" not in ran.err
    as_json = alcance("verify", folder, "--json")
    assert as_json.code == 1
    assert strict(as_json.out)["failures"]


STEIN = """33D32945 STP File, STP Format Version 1.0
SECTION Graph
Nodes 4
Edges 4
E 1 2 2.5
E 2 3 1
E 1 3 4
E 3 4 1
END
SECTION Terminals
Terminals 2
T 1
T 4
END
EOF
"""


def test_solve_prints_its_result(alcance, tmp_path):
    (tmp_path / "small.stp").write_text(STEIN, encoding="utf-8")
    ran = alcance("solve", tmp_path / "small.stp", "--json", "--check")
    assert ran.code == 0, ran.err
    result = strict(ran.out)
    assert result["objective"] == result["lower_bound"] == 4.5
    assert result["gap"] == 0
    assert result["seconds"] >= 0
    assert sorted(map(tuple, result["edges"])) == [(1, 2, 2.5), (2, 3, 1.0), (3, 4, 1.0)] or len(result["edges"]) == 3


def test_link_prints_its_report(alcance, tiny_pack):
    ends = ("--", "-98.7757", "18.8777", "15", "-98.7496", "18.9091", "15")
    ran = alcance("link", "--dem", tiny_pack / "terrain.tif", "--ghz", "5.8", "--json", *ends)
    assert ran.code == 0, ran.err
    assert strict(ran.out)


def test_pack_check_prints_nothing_to_mend(alcance, tiny_pack):
    ran = alcance("pack", "check", tiny_pack, "--json")
    assert (ran.code, strict(ran.out)) == (0, [])


def test_a_template_is_a_table_that_explains_itself(alcance):
    ran = alcance("pack", "template", "sites")
    assert ran.code == 0
    assert "site_id" in ran.out


NAMES = re.compile(
    r"mexic|méxic|oaxaca|inegi|conapo|coneval|\bcfe\b|imss|\bpesos?\b|\bmxn\b|\bsep\b|\bift\b|\bclues\b|\bcct\b|cvegeo"
    r"|cve_(ent|mun|loc)|\bcurp\b|chiapas|guerrero|nepal",
    re.IGNORECASE,
)
# Identifier schemes, and the layouts of files that carry them, are named after the country that issues them. An example
# is of some country; the office's settings are defaults that its environment changes.
OURS = {".py", ".csv", ".html", ".j2", ".css", ".toml", ".json"}
OF_A_COUNTRY = (
    "pack/identifiers.py",
    "office/register/imports/layouts.csv",
    "office/running/demo/",
    "office/targets/examples.py",
    "office/targets/data/",
    "office/settings.py",
)


def test_no_country_is_named_in_the_program():
    named = []
    for path in sorted(SOURCE.rglob("*")):
        relative = path.relative_to(SOURCE).as_posix()
        if path.suffix not in {".py", ".csv", ".html", ".j2", ".css", ".toml", ".json"} or relative.startswith(
            OF_A_COUNTRY
        ):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if NAMES.search(line):
                named.append(f"{relative}:{number}: {line.strip()[:120]}")
    assert named == []
