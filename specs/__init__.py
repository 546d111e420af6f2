"""The contracts: data, and the loader that unites and checks them. The mock and the suite both read them here."""

from specs.loader import load, names
from specs.reading import SpecError
from specs.view import Answer, Contract, Example, Media, Operation, Parameter

__all__ = ["Answer", "Contract", "Example", "Media", "Operation", "Parameter", "SpecError", "load", "names"]
