"""TLDs, and the search for domain names."""
