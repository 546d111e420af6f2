"""What the suite knows of the contract `whmcs-rest`."""
