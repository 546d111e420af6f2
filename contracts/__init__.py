"""The suite: holds any implementation to its contract, by what it answers and by nothing else."""
