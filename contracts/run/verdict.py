"""The exit codes of the commands that run something."""

from counterfoil.reports.conclusion import Exit

__all__ = ["Exit"]
