"""The contracts' authentication and checks in Schemathesis' own terms. The public door is `counterfoil.schemathesis`."""
