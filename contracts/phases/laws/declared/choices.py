"""What a declared call is given: templates with known ids, and choices that a run makes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from counterfoil.contracts.phases.cases import filled
from counterfoil.specs.pointers import NOWHERE, at_pointer

#: draws a number from nought to one less than this
Draw = Callable[[int], int]
#: an id that nothing has
NOBODY = 2_000_000_000


class Lacking(Exception):
    """A known id without which the call cannot be made; the message is its name."""


#: the choices of one step. They are drawn together, since how many of them are used is for the target to tell, and
#: Hypothesis takes a run that draws otherwise than before for a flaky one; and as one value, which is soon made smaller
CHOICES = st.binary(min_size=24, max_size=24)


def drawing(choices: Iterable[int]) -> Draw:
    """Draws these choices in their order, and then the first of everything."""
    left = iter(choices)
    return lambda many: next(left, 0) % many if many > 1 else 0


def chosen(template: Any, values: Mapping[str, Any], draw: Draw) -> Any:
    """The template with its choices made and its names filled; NOWHERE for what is left out. Raises Lacking."""
    if isinstance(template, dict):
        if "one-of" in template:
            one = _one_of(template["one-of"], values, draw)
            beside = {name: below for name, below in template.items() if name != "one-of"}
            return {**one, **chosen(beside, values, draw)} if beside else one
        if template.keys() == {"maybe"}:
            return chosen(template["maybe"], values, draw) if _can(template["maybe"], values) and draw(2) else NOWHERE
        if "list-of" in template:
            return [chosen(template["list-of"], values, draw) for _ in range(1 + draw(template.get("most", 3)))]
        made = {str(_filled(name, values)): chosen(below, values, draw) for name, below in template.items()}
        return {name: below for name, below in made.items() if below is not NOWHERE}
    if isinstance(template, list):
        return [each for each in (chosen(below, values, draw) for below in template) if each is not NOWHERE]
    return _filled(template, values)


def _one_of(options: list[Any], values: Mapping[str, Any], draw: Draw) -> Any:
    possible = [each for each in options if _can(each, values)] or options[
        :1
    ]  # of which the first says what is lacking
    return chosen(possible[draw(len(possible))], values, draw)


def _filled(text: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(text, str) and text.startswith("{/") and text.endswith("}"):
        return at_pointer(values.get("", {}), text[1:-1])
    try:
        return filled(text, values)
    except KeyError as error:
        raise Lacking(str(error.args[0])) from error


def _can(template: Any, values: Mapping[str, Any]) -> bool:
    """Whether everything is known that the template needs, whichever choices are made."""
    try:
        chosen(template, values, lambda _: 0)
    except Lacking:
        return False
    return True


def needed(template: Any) -> tuple[str, ...]:
    """The known ids without which the call cannot be made, whatever is chosen."""
    names: list[str] = []
    while True:
        try:
            chosen(template, {"fresh": "", "nowhere": 0, **dict.fromkeys(names, 0)}, lambda _: 0)
        except Lacking as lacking:
            names.append(str(lacking))
            continue
        return tuple(names)
