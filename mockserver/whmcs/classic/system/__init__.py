"""What shops read beside orders, and messages."""
