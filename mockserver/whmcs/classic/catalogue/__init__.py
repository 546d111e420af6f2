"""Products, promotions and payment methods."""
