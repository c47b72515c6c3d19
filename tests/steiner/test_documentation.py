"""The example in the optimiser's page runs."""

from __future__ import annotations

import re
from pathlib import Path


def test_the_example_of_the_page_runs() -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "optimiser.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    assert examples
    for example in examples:
        exec(compile(example, "docs/optimiser.md", "exec"), {})
