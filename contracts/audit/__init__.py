"""What the suite's verdict is worth: every promise of an answer broken once, and every known mistake made once."""

#: the severities that somebody hears of; a note is the installation's own choice, also of an honest one
ALARMS = frozenset(("broken", "warning"))
