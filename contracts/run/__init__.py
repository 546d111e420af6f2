"""A run: its plan, the pytest plugin, discovery, progress, verdict."""
