"""Orders: how they are placed, found, and fulfilled."""
