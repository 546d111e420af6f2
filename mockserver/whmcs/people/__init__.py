"""Who deals with the installation: accounts, logins, where people live and call from."""
