"""What the caller of a command chose, checked: the profile, the contracts with their overlays, and where each is tested."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from posixpath import commonpath
from urllib.parse import urlsplit

from counterfoil.contracts.http.loopback import is_loopback
from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.profile.model import Profile
from counterfoil.contracts.profile.read import USUAL, read, seeded
from counterfoil.contracts.run.verdict import Exit
from counterfoil.specs import Contract, names
from counterfoil.specs.loader import name_of, shipped_overlay

LEVELS = ("smoke", "gate", "deep")


class Stop(Exception):
    """The command ends here: with which exit code, and why."""

    def __init__(self, code: Exit, why: str) -> None:
        super().__init__(why)
        self.code = code


class UsageError(Stop):
    """The command cannot be carried out as written; the message says what to do."""

    def __init__(self, why: str) -> None:
        super().__init__(Exit.USAGE, why)


@dataclass(frozen=True)
class Options:
    """What the command was given."""

    apis: tuple[str, ...]
    level: str
    profile_path: Path | None
    overlays: tuple[str, ...]
    seed: int
    out: Path | None
    strict: bool | None
    max_time: float | None
    baseline: Path | None = None
    shard: tuple[int, int] = (1, 1)
    #: the only cases, by their ids; all of them, if none is named
    cases: tuple[str, ...] = ()
    #: nothing is sent, so that neither secrets nor a real address are needed
    dry_run: bool = False


class Choice:
    """What the caller chose, checked: the contracts, with their overlays, and where each is to be tested."""

    def __init__(self, url: str | None, options: Options) -> None:
        self.options = options
        if options.level not in LEVELS:
            raise UsageError(f"there is no level {options.level!r}; choose one of {', '.join(LEVELS)}")
        if options.dry_run and options.cases:
            raise UsageError("--dry-run tells what a whole run would send: leave --case out")
        if url is not None:
            check_url(url)
        apis = by_name(options.apis)
        self.profile = profile_for(options.profile_path, list(apis), url, secrets=not options.dry_run)
        self.profile_path = None if self.profile is seeded() else self.profile.path
        self._check_names(apis)
        self.named = bool(apis) or bool(self.profile_path)
        self.urls = self._urls(url, list(apis))
        self._check_urls(apis)
        overlays = {name: self.profile.of(name).overlays for name in self.urls}
        self.contracts = loaded({name: apis.get(name, name) for name in self.urls}, overlays, options.overlays)
        for name, where in self.urls.items():
            if where is not None:
                check_path(where, self.contracts[name])
                if not options.dry_run:
                    check_place(where)

    def _check_names(self, apis: Mapping[str, str]) -> None:
        """A table of the profile that is no contract's is a slip of its writer."""
        for name in self.profile.entries if self.profile_path else ():
            if name not in names() and name not in apis:
                raise UsageError(
                    f"there is no contract {name!r} (in {self.profile_path}); there are: {', '.join(names())}, and folders "
                    "of your own, which --api names"
                )

    def _urls(self, url: str | None, apis: Sequence[str]) -> dict[str, str | None]:
        """The contracts to test, each with its URL, or without one: those that are named, those that have a URL, or all."""
        if not self.profile_path:
            return dict.fromkeys(apis or names(), url)
        of_profile = {name: entry.url for name, entry in self.profile.entries.items()}
        with_urls = [name for name, where in of_profile.items() if where is not None]
        return {name: of_profile.get(name) if url is None else url for name in apis or with_urls or of_profile}

    def _check_urls(self, apis: Mapping[str, str]) -> None:
        """Either all contracts have a URL, or a mock is started that answers all of them."""
        for name, where in self.urls.items():
            if where is not None:
                check_url(where, name)
        without = [name for name, where in self.urls.items() if where is None]
        if without and self.has_urls:
            raise UsageError(f"where is {', '.join(without)}? Give `url` in its table of {self.profile_path}, or a URL")
        own = [name for name in apis if name not in names()]
        if own and not self.has_urls:
            raise UsageError(f"no mock answers {', '.join(own)}: give the URL of what is to keep it")

    @property
    def mask(self) -> Mask:
        """Keeps back what is secret in the profile."""
        return Mask.of([self.profile.of(name) for name in self.urls])

    @property
    def remarks(self) -> list[str]:
        """What a reader has to know of the profile before anything is sent."""
        open_ = [name for name in self.urls if not self.profile.of(name).tls.verify]
        trusted = [
            f"{self.profile_path}: whoever answers as {name} is trusted: `tls.verify` is false" for name in open_
        ]
        return [*self.profile.warnings, *trusted]

    @property
    def has_urls(self) -> bool:
        """Whether there is something to test; otherwise a mock has to be started."""
        return any(url is not None for url in self.urls.values())

    def for_the_mock(self) -> list[str]:
        """The overlays as `serve` takes them: those of the command, then those of the profile."""
        of_profile = [
            overlay if shipped_overlay(name, overlay) else f"{name}={overlay}"
            for name in self.urls
            for overlay in self.profile.of(name).overlays
        ]
        return list(dict.fromkeys([*self.options.overlays, *of_profile]))


def profile_for(path: Path | None, apis: Sequence[str], url: str | None, *, secrets: bool = True) -> Profile:
    """The profile that is named; or else the usual one, where it says something of what is to be tested; or the seeded.

    Of other contracts than these, no secret needs to be set.

    Raises:
        ProfileError: it cannot be used.
    """
    if path is not None:
        return read(path, only=apis or None, secrets=secrets)
    if USUAL.is_file():
        usual = read(USUAL, only=apis or None, secrets=secrets)
        if any(url or usual.of(name).url for name in apis or usual.entries if name in usual.entries):
            return usual
    return seeded()


def loaded(apis: Mapping[str, str], own: Mapping[str, Sequence[str]], overlays: Sequence[str]) -> dict[str, Contract]:
    """The contracts, each with its `own` overlays, and those of `overlays` that are for it. Raises SpecError."""
    found = {name: Contract.load(api, tuple(own[name])) for name, api in apis.items()}
    for overlay in overlays:
        of, _, file = overlay.rpartition("=")
        able = [of] if of else [name for name in found if shipped_overlay(apis[name], overlay)]
        if not set(able) <= found.keys():
            raise UsageError(f"--overlay {overlay}: {of!r} is not one of the contracts to test: {', '.join(found)}")
        if not able:
            raise UsageError(
                f"none of {', '.join(found)} has an overlay {overlay!r}; a file of your own is CONTRACT=FILE"
            )
        for name in able:
            found[name] = Contract.load(apis[name], (*found[name].overlays, file))
    return found


def by_name(apis: Sequence[str]) -> dict[str, str]:
    """What `--api` gives, shipped contracts and folders, by the contracts' names. Raises SpecError, UsageError."""
    found: dict[str, str] = {}
    for api in apis:
        name = name_of(api)
        if found.setdefault(name, api) != api:
            raise UsageError(f"{found[name]} and {api} are both called {name}; give one of the folders another name")
    return found


def check_url(url: str, of: str = "") -> None:
    """Refuse what is no URL; `of` says whose it is to be, where that does not stand on the command line. Raises UsageError."""
    whose = f" of {of}" if of else ""
    if not url.strip():
        raise UsageError(
            f"the URL{whose} is empty: is the variable that it comes from not set? To test the mock, leave the URL out"
        )
    shown = re.sub(r"[^/]*@", "", url)  # a password is repeated nowhere
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - asking for it is what finds out
    except ValueError as error:
        raise UsageError(f"{shown!r} is no URL{whose}: {error}") from error
    if "@" in parts.netloc:
        raise UsageError(
            f"the URL{whose} names a user ({shown}), and would tell it everywhere: give the password as "
            f'`Authorization = "Basic ${{NAME}}"` in the `headers` of a profile'
        )
    if parts.scheme not in ("http", "https") or not parts.netloc:
        host = shown.rpartition("://")[2].lstrip("/") or "staging.example.com"
        scheme = "http" if is_loopback(f"//{host}") else "https"
        raise UsageError(f"{shown!r} is no URL{whose}: write it with its scheme, as in {scheme}://{host}")


def check_place(url: str) -> None:
    """Refuse an address that stands for another one in examples. Raises UsageError."""
    host = urlsplit(url).hostname or ""
    if re.search(r"(^|\.)example(\.(com|net|org))?$", host):
        raise UsageError(f"{url} is a placeholder: nobody answers there. Give the URL of your own installation")


def check_path(url: str, contract: Contract) -> None:
    """Refuse a URL that holds the path of the API itself, which every request adds to it. Raises UsageError."""
    given = urlsplit(url).path.rstrip("/")
    paths = [operation.path for operation in contract.operations.values()]
    common = commonpath(paths)
    for start in [at for at, sign in enumerate(given) if sign == "/"]:
        rest = given[start:]
        if rest == common or rest in paths:
            raise UsageError(
                f"{url} ends with a path of {contract.name} itself, which every request has anyway: leave {rest} off, as "
                f"in {url.rstrip('/').removesuffix(rest)}"
            )
