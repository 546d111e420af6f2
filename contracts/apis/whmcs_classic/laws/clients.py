"""The laws of WHMCS clients: who is added is there as told, alone under an address, and closed for good."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from counterfoil.contracts.apis.whmcs_classic.laws.calls import Calls, Row, plain
from counterfoil.contracts.apis.whmcs_classic.laws.wanted import Line, Wanted, offers
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference, one
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

ADDED = Law("added_is_as_told", "A client is as told when added, by id and by address.", "add_client", "published")
UNIQUE = Law("client_ids_are_unique", "No two clients have the same id.", "add_client", "published", fundamental=True)
FOUND = Law(
    "added_is_found",
    "A client is found by the beginning of an address, and nobody else is.",
    "get_clients",
    "published",
)
ALONE = Law("addresses_are_alone", "Of one email address there is one client.", "add_client", "published")
MISSING = Law("missing_is_refused", "Without a detail that is required, nobody is added.", "add_client", "published")
CLOSED = Law(
    "closed_cannot_order",
    "A closed client is Closed and cannot order; nothing else changes.",
    "close_client",
    "published",
)
FORMATS = Law(
    "formats_agree_on_clients", "JSON, XML and NVP say the same of a client.", "get_clients_details", "chosen"
)

_MOST = 4  # clients in a run
_INDEX = st.integers(0, 20)
_NAMES = (
    ("Kim", "Sample", ""),
    ("Zoë", "Müller", "Müller & Söhne"),
    ("Żaneta", "Łęcka", "Łódź <dev>"),
    ("明", "李", "5 < 6; 7 > 6"),
)
_PLACES = (("GB", "London", "Greater London"), ("US", "Sacramento", "California"))
_REQUIRED = (
    "firstname", "lastname", "email", "address1", "city", "state", "postcode", "country", "phonenumber", "password2",
)  # fmt: skip


class ClientsMachine(RuleBasedStateMachine):
    """Clients who are added, looked for and closed. A subclass has the context."""

    context: LawContext
    calls: Calls

    @initialize()
    def begin(self) -> None:
        """Begin without a client of one's own."""
        self.context.begin(afresh=True)
        self.clients: dict[int, dict[str, Any]] = {}
        #: what makes the addresses of a run its own on a deployment, where earlier ones are still there
        self.before = self.calls.count("get_clients", limitnum=1)

    @precondition(lambda self: len(self.clients) < _MOST)
    @rule(name=st.sampled_from(_NAMES), place=st.sampled_from(_PLACES))
    def add(self, name: tuple[str, str, str], place: tuple[str, str, str]) -> None:
        """Add a client."""
        told = self._details(name, place)
        exchange, got = self.calls.call("add_client", told)
        if "email_taken" in got.candidates and not self.context.alone:
            return  # somebody has the address, who is none of ours
        self.context.hold(ADDED, got.accepted, f"It is {got}.")
        if not got.accepted:
            return
        with self.context.reading():
            number = int(exchange.tree["clientid"])
        self.context.hold(UNIQUE, number not in self.clients, f"There was a client {number} before.")
        self.clients[number] = {name: each for name, each in told.items() if name != "password2"} | {"status": "Active"}
        self._look(number, ADDED)

    def _details(self, name: tuple[str, str, str], place: tuple[str, str, str]) -> dict[str, Any]:
        first, last, company = name
        country, city, state = place
        return {
            "firstname": first,
            "lastname": last,
            "companyname": company,
            "email": f"counterfoil-{self.before}-{len(self.clients)}@example.com",
            "address1": "12 Carbon Lane",
            "city": city,
            "state": state,
            "postcode": "N1 9GU",
            "country": country,
            "phonenumber": "020 7946 0000",
            "password2": "correct horse battery",
        }

    def _look(self, number: int, law: Law) -> None:
        told = self.clients[number]
        for asked in ({"clientid": number}, {"email": told["email"]}):
            tree = self.calls.tree("get_clients_details", **asked)
            with self.context.reading():
                shown: Row = tree["client"]
                has = {name: shown.get(name) for name in told} | {"id": int(shown["id"])}
            self.context.hold(law, has == told | {"id": number}, difference(told | {"id": number}, has))

    @precondition(lambda self: self.clients)
    @rule(index=_INDEX, length=st.integers(1, 20))
    def find(self, index: int, length: int) -> None:
        """Look for a client by the address, or by the beginning of it."""
        number = one(sorted(self.clients), index)
        address = self.clients[number]["email"]
        for text in (address, address[: max(length, len("counterfoil-"))]):
            rows = self.calls.rows("get_clients", search=text, limitnum=1000)
            with self.context.reading():
                mine = [row for row in rows if int(row["id"]) == number]
                told = {name: each.get(name) for each in mine for name in ("email", "firstname", "lastname", "status")}
            due = {name: self.clients[number][name] for name in ("email", "firstname", "lastname", "status")}
            self.context.hold(FOUND, len(mine) == 1 and told == due, f"For {text}: {difference(due, told)}")
        self.context.hold(
            FOUND, self.calls.count("get_clients", search=address) == 1, f"Others are found for {address}."
        )

    @precondition(lambda self: self.clients)
    @rule(index=_INDEX)
    def add_again(self, index: int) -> None:
        """Add another client with an address that there is."""
        number = one(sorted(self.clients), index)
        address = self.clients[number]["email"]
        told = self._details(_NAMES[0], _PLACES[0]) | {"email": address.upper() if index % 2 else address}
        _, got = self.calls.call("add_client", told)
        self.context.hold(ALONE, not got.accepted, f"{told['email']} is accepted a second time.")
        self._look(number, ALONE)

    @rule(name=st.sampled_from(_REQUIRED))
    def add_without(self, name: str) -> None:
        """Add a client without a detail that is required."""
        before = self.calls.count("get_clients", limitnum=1)
        told = {each: value for each, value in self._details(_NAMES[0], _PLACES[0]).items() if each != name}
        _, got = self.calls.call("add_client", told)
        self.context.hold(MISSING, not got.accepted, f"Without {name} it is accepted.")
        if self.context.alone:
            after = self.calls.count("get_clients", limitnum=1)
            self.context.hold(MISSING, after == before, f"There were {before} clients, and are {after}.")

    @precondition(lambda self: self.clients and {"product", "payment_method"} <= self.context.ids.keys())
    @rule(index=_INDEX)
    def close(self, index: int) -> None:
        """Close a client, and let the client order."""
        number = one(sorted(self.clients), index)
        _, got = self.calls.call("close_client", {"clientid": number})
        self.context.hold(CLOSED, got.accepted, f"It is {got}.")
        self.clients[number]["status"] = "Closed"
        self._look(number, CLOSED)
        offer = one(offers(self.context, self.calls, number), 0)
        wanted = Wanted(number, str(self.context.ids["payment_method"]), [Line(offer, "closed.example")])
        _, got = self.calls.call("add_order", wanted.fields)
        self.context.hold(CLOSED, not got.accepted, f"Client {number} is closed, and orders.")

    @precondition(lambda self: self.clients)
    @rule(index=_INDEX)
    def read_in_all_formats(self, index: int) -> None:
        """Read a client in JSON, in XML and in NVP."""
        number = one(sorted(self.clients), index)
        forms = ("json", "xml", "nvp")
        calls = [self.calls.call("get_clients_details", {"clientid": number}, form)[0].tree for form in forms]
        json, *others = map(plain, calls)
        for other in others:
            self.context.hold(FORMATS, other == json, difference(json, other))


def _machine(context: LawContext) -> Machine:
    return type("ClientsMachine", (ClientsMachine,), {"context": context, "calls": Calls(context)})


CLIENTS = StatefulTest(
    contract="whmcs-classic",
    name="clients",
    description="clients who are added, looked for and closed",
    operation="add_client",
    laws=(ADDED, UNIQUE, FOUND, ALONE, MISSING, CLOSED, FORMATS),
    machine=_machine,
    sizes={"smoke": (3, 8), "gate": (8, 15), "deep": (40, 20)},
)
