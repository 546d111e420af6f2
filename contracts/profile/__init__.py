"""How a target is described: the profile file, its errors, the seeded installation."""
