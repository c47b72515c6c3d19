"""A plan folder to alter."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from forgery import Forgery


@pytest.fixture
def forgery(tiny_plan: Path, tmp_path: Path) -> Forgery:
    return Forgery(Path(shutil.copytree(tiny_plan, tmp_path / "forged")))
