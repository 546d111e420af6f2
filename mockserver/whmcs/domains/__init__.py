"""Domain names: which can be had, what is suggested, where a domain is in its life."""
