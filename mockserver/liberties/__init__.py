"""What the documents leave open, by name: a world's program can decide some of it otherwise than the mock does.

Liberties are the twins of the defects: with one on, a program is as right as before, and a suite that notices it has
raised a false alarm. They stand around the steps of a request's life as defects do, or change what is seeded. All are off until a
world is told to take some.
"""

from pathlib import Path

from counterfoil.mockserver.engine.registry import Catalogue
from counterfoil.mockserver.liberties import (
    billmanager,
    billmanager_orders,
    shopscript,
    whmcs_classic,
    whmcs_classic_calls,
    whmcs_rest,
    whmcs_rest_carts,
    whmcs_rest_items,
    whmcs_rest_sessions,
)
from counterfoil.mockserver.liberties.liberty import Chosen

CATALOGUE = Catalogue(
    "liberty",
    "liberties",
    (
        billmanager.LIBERTIES,
        billmanager_orders.LIBERTIES,
        shopscript.LIBERTIES,
        whmcs_classic.LIBERTIES,
        whmcs_classic_calls.LIBERTIES,
        whmcs_rest.LIBERTIES,
        whmcs_rest_carts.LIBERTIES,
        whmcs_rest_items.LIBERTIES,
        whmcs_rest_sessions.LIBERTIES,
    ),
)

CHOSEN = Chosen(Path(__file__).with_name("chosen.yaml"))
