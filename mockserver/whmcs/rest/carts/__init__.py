"""Carts and their items."""
