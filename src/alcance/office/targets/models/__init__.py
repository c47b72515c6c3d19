"""What was promised, and by which measure."""

from alcance.office.targets.models.programme import Definition, Figure, Programme, Target

__all__ = ["Definition", "Figure", "Programme", "Target"]
