"""Long texts as questions: bug reports, stack traces, diffs, failures of tests."""

from semlens.core.query.report.reading import MAX_CHARACTERS, read_report
from semlens.core.query.report.types import Place, Report

__all__ = ["MAX_CHARACTERS", "Place", "Report", "read_report"]
