"""What a request would do to a target that accepts everything: judged by hand-written tables, not by the suite's own code.

Harmful is whatever moves money; what changes or removes and does not name something that exists nowhere, and nothing
else; and what creates with right credentials, for somebody or something that may exist, or with something to create.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from accepts_everything import Asked

#: what the suite may name, since nobody has it
NOWHERE = re.compile(r"999999999|2000000000|no-?such[\w.-]*|00000000-0000-4000-8000-0{12}", re.IGNORECASE)
CREDENTIALS = {
    "identifier",
    "secret",
    "username",
    "password",
    "accesskey",
    "access_token",
    "authinfo",
    "auth",
    "callback",
}
#: what says only how it is to be done or answered
MANNERS = {
    "action", "func", "responsetype", "format", "out", "sok", "clicked_button", "skipbasket", "force_use_new_cart",
    "autoprolong", "lang", "noinvoice", "noinvoiceemail", "noemail",
}  # fmt: skip
#: functions of BILLmanager that list something
LISTS = ("cart", "basket", "order", "payment", "service", "subaccount")
WRITES = re.compile(
    r"add|creat|delet|remov|updat|modif|clos|cancel|fraud|pend|accept|order\.param|\.edit|empty|confirm|send|pay|set|prolong|newkey",
    re.IGNORECASE,
)


def harm(asked: Asked, contract: str, profile: Mapping[str, str]) -> str:
    """Why the request is harmful; an empty text if it is not. `profile` holds what the profile says, secrets by name."""
    kind = KINDS[contract](asked)
    if kind in ("reads", "session"):
        return ""
    if kind == "pays":
        return "moves money"
    fields = _fields(asked)
    ids = [(name, value) for name, value in fields if _is_id(name)] + [("path", each) for each in _in_path(asked)]
    theirs = [pair for pair in ids if not NOWHERE.fullmatch(pair[1].strip())]
    if theirs:
        return f"{kind} and names {theirs}"
    known = [pair for pair in fields if pair[1] in profile.values() and len(pair[1]) > 3]
    if known:
        return f"{kind} and names what the profile gives: {known}"
    if kind == "changes":
        return "" if ids and not _is_for_all(asked) else "changes whatever the caller has"
    if _is_opened(asked, profile):
        return "creates with right credentials"
    left = [pair for pair in fields if pair[1] not in ("", "[]", "{}") and not NOWHERE.fullmatch(pair[1])]
    if left:
        return f"creates, and has {left} to create"
    return ""


def _fields(asked: Asked) -> list[tuple[str, str]]:
    bare = [(name.partition("[")[0].lower(), name, value) for name, value in asked.pairs]
    return [(name, value) for first, name, value in bare if first not in CREDENTIALS | MANNERS]


def _is_id(name: str) -> bool:
    steps = [step for step in re.split(r"[\[\]]+", name.lower()) if step]
    words = ("pricelist", "datacenter", "project", "contact", "promocode", "code", "domain", "paymentmethod")
    return any(step.endswith(("id", "ids", "uuid")) or step in words for step in steps)


def _in_path(asked: Asked) -> list[str]:
    return re.findall(r"/(?:cart|items|customfields|configoptions)/([^/]+)(?=/|$)", _below(asked), re.IGNORECASE)[
        :1
    ] + (re.findall(r"/(?:customfields|configoptions)/([^/]+)$", _below(asked), re.IGNORECASE))


def _below(asked: Asked) -> str:
    return re.sub(r"^.*?/api/v2", "", asked.path)


def _is_opened(asked: Asked, profile: Mapping[str, str]) -> bool:
    said = {value for _, value in asked.pairs} | {value.rpartition(" ")[2] for value in asked.headers.values()}
    whole = " ".join(said)
    opens = [("identifier", "secret"), ("access_token",), ("authinfo",)]
    sets = [[profile[name] for name in names] for names in opens if all(name in profile for name in names)]
    return any(all(secret in said for secret in each) for each in sets) or "state-" in whole


def _classic(asked: Asked) -> str:
    kinds = [_of_action(action.strip().lower()) for action in asked.all("action") + asked.all("action[]")]
    return max(kinds, default="reads", key=["reads", "session", "changes", "creates", "pays"].index)


def _of_action(action: str) -> str:
    if action.startswith(("get", "validate")):
        return "reads"
    if "payment" in action or "capture" in action:
        return "pays"
    if action in ("addorder", "addclient") or action.startswith(("add", "create")):
        return "creates"
    return "changes" if WRITES.search(action) else "reads"


def _shop(asked: Asked) -> str:
    method = asked.path.rpartition("/")[2].strip().lower()
    if NOWHERE.fullmatch(method):
        return "reads"
    if method.endswith(".add"):
        return "creates"
    if method == "shop.order.action" and "pay" in [each.strip().lower() for each in asked.all("action")]:
        return "pays"
    return "changes" if method.endswith((".action", ".delete", ".update", ".save")) else "reads"


def _panel(asked: Asked) -> str:
    functions = [each.strip().lower() for each in asked.all("func")]
    buttons = {each.strip().lower() for each in asked.all("clicked_button")}
    if any(re.search(r"cartorder\.create\.confirm|payment\.|service\.prolong", each) for each in functions):
        return "pays"
    if "on" in [each.strip().lower() for each in asked.all("skipbasket")]:
        return "pays"
    if "basket" in functions and "free" in buttons:
        return "pays"
    if any(each.endswith("order.param") for each in functions):
        return "creates"
    if any(each == "auth" for each in functions):
        return "session"
    if buttons & {"delete", "clearbasket"} or asked.all("promocode"):
        return "changes"
    unknown = [each for each in functions if each not in LISTS]
    return "changes" if "sok" in dict(asked.pairs) or any(WRITES.search(each) for each in unknown) else "reads"


def _is_for_all(asked: Asked) -> bool:
    """Whether it empties the cart or the basket, or takes something off its price, whatever else it names."""
    buttons = {each.strip().lower() for each in asked.all("clicked_button")}
    functions = {each.strip().lower() for each in asked.all("func")}
    return "clearbasket" in buttons or "cart.empty" in functions


def _rest(asked: Asked) -> str:
    path = _below(asked).rstrip("/").lower()
    if asked.method in ("GET", "HEAD", "OPTIONS"):
        return "reads"
    if re.search(r"/(session(/verify|/client/[^/]+)?|keepalive)$", path):
        return "session"
    if path.endswith(("/validate", "/store/domain/suggestions")):
        return "reads"
    creates = asked.method == "POST" and re.search(r"/cart$|/checkout$|/items$|/addon$", path)
    return "creates" if creates else "changes"


KINDS: dict[str, Callable[[Asked], str]] = {
    "whmcs-classic": _classic, "shopscript": _shop, "billmanager": _panel, "whmcs-rest": _rest,
}  # fmt: skip
