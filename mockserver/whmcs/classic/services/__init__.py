"""What a client has: services, their addons, domains."""
