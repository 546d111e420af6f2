"""What exists: the installation and all that is in it."""
