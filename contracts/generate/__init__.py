"""How requests come about: from examples, made up, varied, or broken in one clause."""
