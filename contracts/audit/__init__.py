"""What the suite's verdict is worth: every promise of an answer broken once, and every known mistake made once."""
