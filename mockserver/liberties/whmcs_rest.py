"""The liberties of whmcs_rest."""

from counterfoil.mockserver.liberties.liberty import Liberties

LIBERTIES = Liberties("whmcs-rest")
