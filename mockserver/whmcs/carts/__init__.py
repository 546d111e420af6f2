"""Carts: what is put into them, what that costs, and how they become orders."""
