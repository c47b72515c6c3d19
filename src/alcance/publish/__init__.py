"""The room `publish`: what leaves a plan folder."""

from alcance.publish.overview import overview_png
from alcance.publish.publish import publish_folder
from alcance.publish.report import write_report
from alcance.publish.summary_text import summary_lines

__all__ = ["overview_png", "publish_folder", "summary_lines", "write_report"]
