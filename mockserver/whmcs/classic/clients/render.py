"""Clients, as the classic API shows them. Pure functions."""

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.model.catalogue import NOTHING, Currency
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.people import Client
from counterfoil.mockserver.whmcs.people.countries import country


def client_row(client: Client) -> Body:
    """A row of GetClients."""
    return {
        "id": client.id, "firstname": client.first_name, "lastname": client.last_name, "companyname": client.company,
        "email": client.email, "datecreated": client.registered.isoformat(), "groupid": 0, "status": client.status,
    }  # fmt: skip


def client(client: Client, currency: Currency) -> Body:
    """All that GetClientsDetails shows of a client."""
    return {
        "id": client.id, "userid": client.id, "uuid": client.uuid, "firstname": client.first_name,
        "lastname": client.last_name, "fullname": client.name, "companyname": client.company, "email": client.email,
        "address1": client.address1, "address2": client.address2, "city": client.city, "state": client.state,
        "fullstate": client.state, "postcode": client.postcode, "country": client.country,
        "countrycode": client.country, "countryname": country(client.country) or client.country,
        "phonenumber": client.phone, "notes": client.notes, "currency": currency.id, "currency_code": currency.code,
        "groupid": 0, "status": client.status, "credit": str(client.credit), "language": client.language,
    }  # fmt: skip


def client_stats(installation: Installation, client: Client, currency: Currency) -> Body:
    """The counts of GetClientsDetails."""
    sums = {"Paid": (0, NOTHING), "Unpaid": (0, NOTHING), "Cancelled": (0, NOTHING)}
    for number in installation.invoices_of.of(client.id):
        invoice = installation.invoices[number]
        if invoice.status in sums:
            count, amount = sums[invoice.status]
            sums[invoice.status] = count + 1, amount + invoice.total
    services = installation.services_by.of(("client", client.id))
    domains = installation.domains_by.of(("client", client.id))
    return {
        "numpaidinvoices": sums["Paid"][0],
        "paidinvoicesamount": currency.text(sums["Paid"][1]),
        "numunpaidinvoices": sums["Unpaid"][0],
        "unpaidinvoicesamount": currency.text(sums["Unpaid"][1]),
        "numcancelledinvoices": sums["Cancelled"][0],
        "cancelledinvoicesamount": currency.text(sums["Cancelled"][1]),
        "productsnumactive": sum(installation.services[number].status == "Active" for number in services),
        "productsnumtotal": len(services),
        "numactivedomains": sum(installation.domains[number].status == "Active" for number in domains),
        "numdomains": len(domains),
    }
