"""The contracts: data, and the loader that unites and checks them. The mock and the suite both read them here."""

from counterfoil.specs.loader import load, names
from counterfoil.specs.reading import SpecError
from counterfoil.specs.view import Answer, Contract, Example, Media, Operation, Parameter

__all__ = ["Answer", "Contract", "Example", "Media", "Operation", "Parameter", "SpecError", "load", "names"]
