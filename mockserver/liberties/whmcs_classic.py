"""The liberties of whmcs_classic."""

from counterfoil.mockserver.liberties.liberty import Liberties

LIBERTIES = Liberties("whmcs-classic")
