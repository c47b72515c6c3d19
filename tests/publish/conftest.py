"""Fixtures of the room `publish`: the synthetic plan folder, written once a session and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_plan import write_sample_plan


@pytest.fixture(scope="session")
def pristine_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample_plan(tmp_path_factory.mktemp("sample") / "plan")


@pytest.fixture
def copy_plan(pristine_plan: Path, tmp_path: Path) -> Callable[[str], Path]:
    def copy(name: str) -> Path:
        return Path(shutil.copytree(pristine_plan, tmp_path / name))

    return copy


@pytest.fixture
def plan_folder(copy_plan: Callable[[str], Path]) -> Path:
    return copy_plan("plan")
