"""What the suite knows of the contract `billmanager`."""
