"""The contracts in Schemathesis' own terms: import this, or name it in `SCHEMATHESIS_HOOKS`, before a schema is loaded.

    SCHEMATHESIS_HOOKS=counterfoil.schemathesis st run http://127.0.0.1:8080/openapi/shopscript.json

Importing it registers with Schemathesis, for whatever schema is a contract:

- how its forms are written and its answers are read (XML, name-value pairs, lines of text), and its formats;
- what opens the installation, sessions included: from the profile that `COUNTERFOIL_PROFILE` names or that lies in the
  current folder as `counterfoil.toml`, and at a mock on this machine from the seeded one;
- the checks `outcome`, `drift`, `leaks` and `claims`, and that the built-in checks take an answer for what it means.

`load` gives a contract as a schema. It keeps its name and meaning from release to release. Other schemas stay as they are.
"""

import schemathesis
from schemathesis import BaseSchema

from counterfoil.contracts.generate import registrations  # noqa: F401 - importing it registers
from counterfoil.contracts.generate.contract_schema import schema_of
from counterfoil.contracts.schemathesis.authentication import ProfileAuthentication, learn, let_in, renew
from counterfoil.contracts.schemathesis.checks import CHECKS
from counterfoil.contracts.schemathesis.refined import confirmed
from counterfoil.contracts.schemathesis.tamed import tame
from counterfoil.specs import Contract

__all__ = ["load"]


def load(contract: str, base_url: str, overlays: tuple[str, ...] = ()) -> BaseSchema:
    """The contract of that name, or in that folder, as a schema whose requests go to the base URL.

    Raises:
        SpecError: there is no such contract, or it cannot be read.
    """
    schema = schema_of(Contract.load(contract, overlays))
    schema.config.update(base_url=base_url)
    return schema


schemathesis.auth(refresh_interval=None)(ProfileAuthentication)
schemathesis.hook("after_load_schema")(let_in)
schemathesis.hook("before_call")(tame)
schemathesis.hook("before_call")(renew)
schemathesis.hook("after_call")(learn)
schemathesis.hook("filter_failure")(confirmed)
for _check in CHECKS:
    schemathesis.check(_check)
