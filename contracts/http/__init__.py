"""How a target is reached: requests and answers, sessions, connections, and secrets that stay secret."""
