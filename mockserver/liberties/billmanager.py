"""The liberties of a billing panel."""

from counterfoil.mockserver.liberties.liberty import Liberties

LIBERTIES = Liberties("billmanager")
