"""What is wrong with a file is told in the words and the language of the office."""

from __future__ import annotations

import ast
import io
from pathlib import Path

import pandas as pd
import pytest
from django.utils import translation

from alcance.errors import InputError, Problem
from alcance.office.register.imports.wording import in_our_words
from alcance.office.web.problems import error_lines
from alcance.pack import reading
from alcance.pack.problems import Collector


def sheets_of(**tables):
    out = io.BytesIO()
    with pd.ExcelWriter(out) as book:
        for name, table in tables.items():
            pd.DataFrame(table).to_excel(book, sheet_name=name, index=False)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"key,key,name\nA,B,C\n", "a.csv", "columna key: Está dos veces en el encabezado; quite una."),
        (b"\n\n", "a.csv", "fila 1: No tiene encabezado"),
        (b"key,,name\nA,B,C\n", "a.csv", "La columna 2 no tiene nombre."),
        (b"key,name\nA,B,C\n", "a.csv", "fila 2: Tiene más celdas que las 2 del encabezado"),
        (b'"key,name\nA,"B', "a.csv", "No es un CSV válido ("),
        (sheets_of(uno={"key": ["A"]}, dos={"key": ["B"]}), "a.xlsx", "Tiene varias tablas (uno, dos) y ninguna"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_in_spanish(bring, content, name, words):
    with pytest.raises(InputError) as told:
        bring(content, name=name)
    lines = "\n".join(error_lines(told.value))
    assert words in lines
    assert "stands" not in lines


def test_a_flood_of_one_kind_is_told_with_its_count():
    found = Collector()
    found.add_rows("a.csv", "stands twice in the header; remove one", range(2, 32))
    with translation.override("es"):
        told = in_our_words(found.problems[-1]).message
    assert told == "y 10 filas más (30 en total): está dos veces en el encabezado; quite una"


def test_every_message_of_the_readers_has_words_of_the_office():
    """One that changes there, or is new, is missed here."""
    source = Path(reading.__file__).read_text(encoding="utf-8")
    made = [
        "".join(part.value if isinstance(part, ast.Constant) else "7" for part in getattr(words, "values", [words]))
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in ("add", "add_rows")
        for words in call.args[1:2]
    ]
    # No file of an import has a layer or sheet named for it, and what is not in UTF-8 was written anew before.
    never = ("has no 7 7; it has 7", "is not in UTF-8; save it as 'CSV UTF-8'")
    with translation.override("es"):
        for told in made:
            message = told.replace("several 7s", "several tables").replace("named 7", "named '7'")
            asked = Problem("a", None, "", "", message)
            assert (in_our_words(asked) == asked) == (message in never), message
    assert len(made) >= 9
