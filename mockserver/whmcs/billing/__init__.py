"""Taxes, and what is paid."""
