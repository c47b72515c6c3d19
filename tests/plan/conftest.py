"""Random small problems, and what is wanted of every tree over them."""

from __future__ import annotations

import numpy as np
from hypothesis import settings

settings.register_profile("alcance", derandomize=True, deadline=None)
settings.load_profile("alcance")
