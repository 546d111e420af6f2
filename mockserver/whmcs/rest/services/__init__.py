"""What a client has: services, their addons, fields and options; domains."""
