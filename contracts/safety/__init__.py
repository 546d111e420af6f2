"""What keeps a run from doing harm: every request passes one guard, which may withhold it, slow it down or write it down."""
