"""Country packs: the schema of their tables, reading, checking and the identifier schemes."""

from alcance.pack.load import check_pack, read_pack
from alcance.pack.meta import Meta
from alcance.pack.pack import Pack, Price
from alcance.pack.template import template
from alcance.pack.writing import write_table

__all__ = ["Meta", "Pack", "Price", "check_pack", "read_pack", "template", "write_table"]
