"""The installation, its countries, currencies, billing cycles and payment methods."""
