"""Mistakes of real teams, by name: a world's program can have some of them, to see whether a suite notices.

Each contract's are a module of its name here, and stand in `CATALOGUE`. A mistake stands around a step of
a request's life and not in a vendor's code, which does not know of it. All are off until a world is told to have some.
"""

from counterfoil.mockserver.defects import (
    billmanager,
    billmanager_calls,
    billmanager_carts,
    shopscript,
    shopscript_calls,
    shopscript_orders,
    whmcs_classic,
    whmcs_classic_books,
    whmcs_classic_orders,
    whmcs_rest,
    whmcs_rest_carts,
    whmcs_rest_doors,
    whmcs_rest_items,
    whmcs_rest_offers,
    whmcs_rest_sums,
)
from counterfoil.mockserver.engine.registry import Catalogue

CATALOGUE = Catalogue(
    "defect",
    "defects",
    (
        billmanager.DEFECTS,
        billmanager_calls.DEFECTS,
        billmanager_carts.DEFECTS,
        shopscript.DEFECTS,
        shopscript_calls.DEFECTS,
        shopscript_orders.DEFECTS,
        whmcs_classic.DEFECTS,
        whmcs_classic_orders.DEFECTS,
        whmcs_classic_books.DEFECTS,
        whmcs_rest.DEFECTS,
        whmcs_rest_carts.DEFECTS,
        whmcs_rest_offers.DEFECTS,
        whmcs_rest_sums.DEFECTS,
        whmcs_rest_items.DEFECTS,
        whmcs_rest_doors.DEFECTS,
    ),
)
