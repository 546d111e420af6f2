"""What is called like a secret, and which environment variable is to hold it."""

import re

SECRET_NAME = re.compile(r"secret|passw|pwd|token|key|authorization|cookie|signature|factor|\bpin\b", re.IGNORECASE)


def variable(*parts: str) -> str:
    """The name of an environment variable for a secret of that contract: `WHMCS_CLASSIC_SECRET`."""
    kept = [part for part in parts if part not in ("body", "query", "headers")]
    return re.sub(r"\W", "_", "_".join(kept), flags=re.ASCII).upper()
