"""From bytes to data: how a body is read, what its texts mean, and what a schema says of it."""
