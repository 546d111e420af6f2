"""Messages that the installation would have sent. Nothing ever leaves the mock."""

from datetime import datetime

import msgspec

#: how many of them are kept
MOST = 500


class Message(msgspec.Struct, kw_only=True):
    """One message: who would have got it, and made from which template."""

    at: datetime
    #: the address
    to: str
    #: the template's name, as the vendor ships it
    template: str
    subject: str
    #: what it is about, by kind: {client: 1, invoice: 12}
    related: dict[str, int] = {}
