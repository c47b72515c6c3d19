"""What the public face keeps: corrections asked for, files made for download, and who has tried what how often."""

from alcance.office.public.models.attempt import Attempt
from alcance.office.public.models.challenge import Challenge, ChallengeAbout, ChallengeEvent, ChallengeState
from alcance.office.public.models.export import Export, ExportFormat

__all__ = ["Attempt", "Challenge", "ChallengeAbout", "ChallengeEvent", "ChallengeState", "Export", "ExportFormat"]
