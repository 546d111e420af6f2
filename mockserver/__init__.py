"""The mock: one process that answers for the vendors from state."""
