"""What two targets answer to the same requests, and in which of it they differ."""
