"""The sub-commands of the suite."""
