"""Bringing sites in from files: stored, read, mapped, checked, compared with the register, approved, applied."""

from alcance.office.register.imports.apply import apply
from alcance.office.register.imports.check import check
from alcance.office.register.imports.upload import receive

__all__ = ["apply", "check", "receive"]
