"""The schema is consistent, and everything that is said of it comes from it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

import alcance.pack.schema as schema_module
from alcance.errors import InputError
from alcance.pack import check_pack, template
from alcance.pack.document import document
from alcance.pack.schema import TYPES, items, policies, tables
from conftest import REPOSITORY

DESIGN_TABLES = (
    "sites localities admin power_lines power_nodes roads fibre pops towers providers coverage exclusions overrides "
    "prices equipment rates bands demand policy"
)


def test_every_table_of_the_design_has_a_schema():
    assert set(tables()) == set(DESIGN_TABLES.split())


def test_every_schema_file_is_a_table():
    folder = Path(schema_module.__file__).parent / "schema"
    stems = {path.stem for path in folder.glob("*.csv")} - {"tables", "policies", "items"}
    assert stems == set(tables())


@pytest.mark.parametrize("table", tables().values(), ids=lambda table: table.name)
def test_a_schema_is_consistent(table):
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert table.columns[0].type == "text"
    spellings = [spelling for column in table.columns for spelling in (column.name, *column.aliases)]
    assert len({spelling.casefold() for spelling in spellings}) == len(spellings)
    for column in table.columns:
        assert column.type in TYPES
        assert column.description
        assert column.source
        if column.refers_to:
            other, key = column.refers_to
            assert tables()[other].key == key
        if column.default is not None:
            assert column.required == "no"
        if column.default is not None and column.choices:
            assert column.default in column.choices
        if column.unit in {"m", "km", "deg", "GHz", "MHz", "dBm", "dBi", "years"} and column.name not in {"lon", "lat"}:
            assert column.name.rsplit("_", 1)[1] == column.unit.lower()
    geometry = {"line", "polygon"} & {column.type for column in table.columns}
    assert geometry == ({table.geometry} if table.geometry in {"line", "polygon"} else set())
    assert (table.geometry == "point") == ("lon" in names and "lat" in names)


def test_policies_and_items_are_described():
    assert len(policies()) == 22
    assert len(items()) == 17
    per = tables()["prices"].column("per").choices
    assert {item.per for item in items().values()} <= set(per)


@pytest.mark.parametrize("table", list(tables()))
def test_a_template_has_the_columns_and_explains_each(table):
    rows = list(csv.reader(io.StringIO(template(table))))
    assert rows[0] == [column.name for column in tables()[table].columns]
    assert all(len(row) == len(rows[0]) for row in rows)
    assert all(row[0].startswith("#") for row in rows[1:])
    assert rows[-1][1:] == [column.description for column in tables()[table].columns[1:]]


def test_a_template_can_be_filled_in_and_read(pack):
    rows = list(csv.reader(io.StringIO(template("demand"))))
    pack.write("demand", [*rows, *pack.rows("demand")[1:]])
    assert check_pack(pack.path) == []


def test_a_template_of_no_table_names_those_there_are():
    with pytest.raises(InputError, match="the tables are sites, localities"):
        template("castles")


def test_the_documentation_holds_the_schema_as_it_is():
    page = (REPOSITORY / "docs" / "pack.md").read_text(encoding="utf-8")
    assert page.endswith(document()), "run: python -m alcance.pack.document, and replace the end of docs/pack.md"


def test_the_examples_of_the_documentation_run(monkeypatch):
    page = (REPOSITORY / "docs" / "pack.md").read_text(encoding="utf-8")
    monkeypatch.chdir(REPOSITORY)
    (example,) = [part.split("```")[0] for part in page.split("```python\n")[1:]]
    exec(compile(example, "docs/pack.md", "exec"), {})
