"""What the suite knows of each contract: cases, laws, vocabulary. The folder of a contract of your own has the same shape."""
