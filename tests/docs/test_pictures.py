"""The pictures of the documentation that scripts draw are those that the scripts draw."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PICTURES = Path(__file__).parent.parent.parent / "docs" / "pictures"


def test_the_picture_of_the_duals_is_what_its_script_draws(tmp_path: Path) -> None:
    drawn = tmp_path / "duals.svg"
    subprocess.run([sys.executable, str(PICTURES / "duals.py"), str(drawn)], check=True, timeout=120)
    assert drawn.read_bytes() == (PICTURES / "duals.svg").read_bytes()
