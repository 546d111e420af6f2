"""What the caller of `diff` chose, checked: what is said of each target, and the contracts that both are asked by."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from counterfoil.contracts.cli.options import UsageError, by_name, check_path, check_url, loaded, profile_for
from counterfoil.contracts.http.loopback import is_loopback
from counterfoil.contracts.profile.model import Profile
from counterfoil.contracts.profile.read import seeded
from counterfoil.specs import Contract, names


@dataclass(frozen=True)
class DiffOptions:
    """What the command was given."""

    apis: tuple[str, ...]
    profile: Path | None
    profile_a: Path | None
    profile_b: Path | None
    overlays: tuple[str, ...]
    seed: int
    level: str
    writes: bool
    mock_a: bool
    mock_b: bool
    max_orders: int
    dry_run: bool
    mark: str
    rate: float | None
    only: str
    json_path: Path | None
    html_path: Path | None
    out: Path | None


def profiles_of(urls: tuple[str, str], options: DiffOptions) -> tuple[Profile, Profile]:
    """What is said of each side; without a word, a side on this machine is a seeded installation."""
    for url, called in zip(urls, ("A", "B"), strict=True):
        check_url(url, called)
    if options.profile and (options.profile_a or options.profile_b):
        raise UsageError("--profile describes both targets; give either it, or --profile-a and --profile-b")
    apis = list(by_name(options.apis))
    files = options.profile_a or options.profile, options.profile_b or options.profile
    a, b = (
        seeded() if path is None and is_loopback(url) else profile_for(path, apis, url, secrets=not options.dry_run)
        for path, url in zip(files, urls, strict=True)
    )
    return a, b


def contracts_of(
    urls: tuple[str, str], options: DiffOptions, profiles: tuple[Profile, Profile]
) -> Mapping[str, Contract]:
    """What both sides are asked by. Raises SpecError, UsageError."""
    apis = by_name(options.apis)
    of_profiles = [name for profile in profiles if profile is not seeded() for name in profile.entries]
    chosen = {name: apis.get(name, name) for name in (list(apis) or dict.fromkeys(of_profiles) or names())}
    own = {name: [each for profile in profiles for each in profile.of(name).overlays] for name in chosen}
    contracts = loaded(chosen, {name: list(dict.fromkeys(each)) for name, each in own.items()}, options.overlays)
    for contract in contracts.values():
        for url in urls:
            check_path(url, contract)
    return contracts
