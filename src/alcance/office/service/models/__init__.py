"""What the measuring leaves in the database; the measurements themselves are Parquet files."""

from alcance.office.service.models.placement import Placement
from alcance.office.service.models.probe import Batch, Probe

__all__ = ["Batch", "Placement", "Probe"]
