"""How variations are written down, one function each, and how they are found by their names."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from counterfoil.mockserver.engine.variation import Variation
from counterfoil.mockserver.engine.varied import Around, AroundHandler, Living, Rewording, Rewriting, Seeding

V = TypeVar("V", bound=Variation)


class UnknownVariation(ValueError):
    """Nothing has this name; the message has the names that are like it."""


class Registry(Generic[V]):
    """The variations of one contract. Its methods are decorators, one for each step at which a variation can stand.

    The decorated function gives the variation its name, and its docstring is the sentence. Behind the kind stand the
    operations that it is about; none for all.
    """

    def __init__(self, contract: str, make: Callable[..., V]) -> None:
        self._contract = contract
        self._make = make
        self._all: list[V] = []

    def __iter__(self) -> Iterator[V]:
        return iter(self._all)

    def seeded(self, kind: str, *operations: str, **more: Any) -> Callable[[Seeding], Seeding]:
        """Before any request, where the state is made as it is seeded."""
        return self._at("seeded", kind, operations, more)

    def lives(self, kind: str, *operations: str, **more: Any) -> Callable[[Living], Living]:
        """Around what time does, whether a request is made or the clock is moved."""
        return self._at("lives", kind, operations, more)

    def gate(self, kind: str, *operations: str, **more: Any) -> Callable[[Around], Around]:
        """Around the question whether the caller may make this call."""
        return self._at("gate", kind, operations, more)

    def check(self, kind: str, *operations: str, **more: Any) -> Callable[[Around], Around]:
        """Around the check of the request's fields, which gives them their types."""
        return self._at("check", kind, operations, more)

    def handler(self, kind: str, *operations: str, **more: Any) -> Callable[[AroundHandler], AroundHandler]:
        """Around the work itself."""
        return self._at("handler", kind, operations, more)

    def accepted(self, kind: str, *operations: str, **more: Any) -> Callable[[Rewording], Rewording]:
        """After the work, where the call was accepted."""
        return self._at("accepted", kind, operations, more)

    def refused(self, kind: str, *operations: str, **more: Any) -> Callable[[Rewording], Rewording]:
        """After the work, where the call was refused."""
        return self._at("refused", kind, operations, more)

    def wire(self, kind: str, *operations: str, **more: Any) -> Callable[[Rewriting], Rewriting]:
        """At the end, when the body is bytes; `exchange.reply` has what they say."""
        return self._at("wire", kind, operations, more)

    def _at(
        self, step: str, kind: str, operations: tuple[str, ...], more: Mapping[str, Any]
    ) -> Callable[[Any], Any]:  # fmt: skip
        def register(change: Any) -> Any:
            sentence = " ".join((change.__doc__ or "").split())
            made = self._make(
                change.__name__, self._contract, step, frozenset(operations), change, kind, sentence, **more
            )  # fmt: skip
            self._all.append(made)
            return change

        return register


class Catalogue(dict[str, V]):
    """All variations of one sort, by their names."""

    def __init__(self, word: str, plural: str, registries: Iterable[Iterable[V]]) -> None:
        super().__init__((each.name, each) for registry in registries for each in registry)
        self._word, self._plural = word, plural

    def of(self, contracts: Container[str]) -> list[V]:
        """Those that a program can have where these contracts are served."""
        return [each for each in self.values() if each.contract in contracts]

    def named(self, names: Iterable[str], contracts: Container[str]) -> tuple[V, ...]:
        """Those of these names, in the catalogue's order: there, what changes a form stands behind what reads it.

        Raises:
            UnknownVariation: one of the names is none.
        """
        known = {each.name: each for each in self.of(contracts)}
        chosen = set(names)
        for name in sorted(chosen):
            if name not in known:
                near = get_close_matches(name, known, n=3)
                hint = f"Did you mean {' or '.join(near)}?" if near else f"GET /_mock/{self._plural} lists them."
                raise UnknownVariation(f"There is no {self._word} {name[:80]!r} here. {hint}")
        return tuple(each for name, each in known.items() if name in chosen)
