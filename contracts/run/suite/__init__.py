"""The tests that `counterfoil test` gives to pytest."""
