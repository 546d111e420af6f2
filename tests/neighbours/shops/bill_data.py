"""What the BILLmanager installation holds when it starts: providers, tariffs, clients and their money."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

D = Decimal
DATACENTERS = {31: "Salt mine", 32: "Lighthouse"}
PERIOD_NAMES = {1: "one month", 3: "a quarter", 6: "half a year", 12: "one year", 24: "two years", 36: "three years"}
IMAGES = {"slack": "Slackware, bare", "void": "Void with a desk", "none": "Nothing"}


@dataclass
class Provider:
    """A seller with a currency and ways of payment; 0 is always the balance."""

    id: int
    name: str
    currency: str
    paymethods: dict[int, str]


@dataclass
class Addon:
    """An option of a tariff: a number, a switch, or a choice. Prices are for a month."""

    id: int
    name: str
    kind: str
    price: Decimal = D(0)
    minimum: int = 0
    maximum: int = 0
    step: int = 1
    limit: int = 0
    entries: dict[int, tuple[str, Decimal]] = field(default_factory=dict)


@dataclass
class Tariff:
    """A tariff with its price for each period in months."""

    id: int
    provider: int
    itemtype: str
    name: str
    prices: dict[int, Decimal]
    datacenters: tuple[int, ...]
    addons: tuple[Addon, ...] = ()
    images: tuple[str, ...] = ()


@dataclass
class User:
    """A login; it works for one client at one provider."""

    name: str
    password: str
    account: int
    authinfo_from: frozenset[str] | None = None


PROVIDERS = {
    61: Provider(61, "Polarwind", "NOK", {0: "My balance", 71: "Invoice by pigeon post", 72: "Card at the till"}),
    62: Provider(62, "Kelpforge", "CHF", {0: "My balance", 74: "Bank order"}),
}

# account id -> (client id, client's name, provider, balance)
ACCOUNTS = {
    811: (401, "Nadja Strøm", 61, D("5000.00")),
    812: (401, "Nadja Strøm", 62, D("730.40")),
    813: (402, "Orlo Pike", 61, D("0.00")),
}

USERS = [
    User("nadja", "Fjord-77-lamp", 811),
    User("nadja.kelp", "Kelp&99=deep", 812),
    User("orlo", "pike:in:the:pond", 813),
    User("orlo.office", "only-from-there", 813, frozenset({"203.0.113.9"})),
]

TARIFFS = [
    Tariff(
        507,
        61,
        "vds",
        "Skerry S",
        {1: D("49.90"), 3: D("142.00"), 12: D("539.00")},
        (32, 31),
        (
            Addon(904, "Disk, GB", "integer", D("0.75"), 20, 200, 10, 40),
            Addon(905, "Backups", "switch", D("12.00")),
            Addon(
                909,
                "Panel",
                "choice",
                entries={41: ("none", D(0)), 43: ("Fork", D("19.50")), 47: ("Spoon", D("31.00"))},
            ),
        ),
        ("void", "slack", "none"),
    ),
    Tariff(
        508,
        61,
        "vds",
        "Skerry L",
        {1: D("120.00"), 6: D("690.00"), 24: D("2500.00"), 36: D("3600.00")},
        (31,),
        (Addon(911, "Memory, GB", "integer", D("8.20"), 4, 64, 4, 4),),
        ("slack",),
    ),
    Tariff(
        512,
        61,
        "dedic",
        "Basalt",
        {1: D("1500.00"), 12: D("16200.00")},
        (31, 32),
        (
            Addon(917, "Hands on site", "switch", D("240.00")),
            Addon(918, "Uplink", "choice", entries={51: ("1 Gbit/s", D(0)), 52: ("10 Gbit/s", D("410.00"))}),
        ),
        ("none", "slack"),
    ),
    Tariff(
        515,
        61,
        "soft",
        "Net mender's licence",
        {1: D("9.05"), 3: D("27.15"), 6: D("51.00"), 12: D("99.00"), 24: D("190.00"), 36: D("280.00")},
        (32, 31),
    ),
    Tariff(516, 61, "soft", "Pocket lens, for nothing", {1: D("0.00"), 12: D("0.00")}, (31,)),
    Tariff(
        519,
        61,
        "vhost",
        "Tide pool",
        {1: D("15.00"), 12: D("150.00")},
        (32,),
        (Addon(923, "Mailboxes", "integer", D("1.10"), 0, 50, 1, 5),),
    ),
    Tariff(523, 61, "certificate", "Sealed envelope", {12: D("310.00"), 24: D("590.00")}, (31,)),
    Tariff(524, 61, "domain", ".example", {12: D("88.00")}, (31,)),
    Tariff(
        531,
        62,
        "vds",
        "Anvil",
        {1: D("21.00"), 3: D("60.00"), 12: D("225.50")},
        (32,),
        (
            Addon(941, "Cores", "integer", D("3.35"), 1, 16, 1, 2),
            Addon(942, "Guard", "switch", D("4.00")),
        ),
        ("void",),
    ),
    Tariff(
        533,
        62,
        "storage",
        "Barrel",
        {1: D("6.45"), 6: D("36.00")},
        (32, 31),
        (Addon(947, "Space, TB", "integer", D("5.00"), 1, 40, 1, 1),),
    ),
    Tariff(537, 62, "certificate", "Wax seal", {12: D("44.00")}, (32,)),
]

PROMOCODES = {"TIDE12": D(12)}

# the words of the refusals, in English and in Russian
WORDS = {
    "auth": ("Name and password do not open this door", "Неверное имя пользователя или пароль"),
    "session": ("Please sign in; there is no open session", "Сессия не открыта"),
    "access": ("'{value}' is not for you", "Нет доступа к '{value}'"),
    "func": ("We know no function '{value}'", "Не удалось найти функцию '{value}'"),
    "missed": ("Nothing called '{value}' is to be found ({object})", "Элемент '{value}' не найден ({object})"),
    "value": ("'{value}' will not do for {object}", "Недопустимое значение '{value}' поля {object}"),
    "empty": ("{object} has to be filled in", "Поле {object} не может быть пустым"),
    "wizard_unavailable": ("Choose a tariff before you go on", "Сначала выберите тариф"),
    "balance_too_low": ("The account holds less than {value}", "На счете меньше {value}"),
    "promocode_not_use": ("{value} does not help here", "Промокод {value} неприменим"),
    "not_free": ("This costs money: {value}", "Это не бесплатно: {value}"),
}
