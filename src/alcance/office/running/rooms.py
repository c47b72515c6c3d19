"""What other rooms do for the command line: each verb with its function, found when asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

#: Verb → module and function.
FUNCTIONS = {
    "areas": ("alcance.office.register.areas", "load_areas"),
    "import": ("alcance.office.register.imports.whole_file", "import_file"),
    "import-plan": ("alcance.office.delivery.deeds.plans", "import_plan"),
    "tiles": ("alcance.office.public.tiles", "build_tiles"),
    "exports": ("alcance.office.running.exports", "make_exports"),
    "compact": ("alcance.office.running.compaction", "compact_days"),
    "example-programme": ("alcance.office.targets.examples", "load_example"),
}


def function(verb: str) -> Callable[..., Any]:
    """The function that does a verb."""
    module, name = FUNCTIONS[verb]
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found
