"""The contracts: data, and the loader that unites and checks them. The mock and the suite both read them here."""

from specs.loader import SpecError, load, names
from specs.view import Answer, Contract, Example, Media, Operation, Parameter

__all__ = ["Answer", "Contract", "Example", "Media", "Operation", "Parameter", "SpecError", "load", "names"]
