"""A user's session and clients."""
