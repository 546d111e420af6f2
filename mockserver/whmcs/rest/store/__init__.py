"""Products, their groups, addons and options; bundles."""
