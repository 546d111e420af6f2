"""What time does: services and domains fall due, are invoiced and paid, or suspended and terminated."""
