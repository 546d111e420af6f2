"""Answers that say the same whatever was asked."""

from counterfoil.mockserver.engine.vendor import Body

DONE: Body = {}
