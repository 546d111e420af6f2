"""The differences between two targets as one HTML file that needs nothing but itself."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from counterfoil.reports.difference import DiffReport
from counterfoil.reports.differences import MEANS, SIGNS, sentence
from counterfoil.reports.printable import counted, lasting, moment, visible

_STYLE = Markup(
    "body{font:14px/1.5 system-ui,sans-serif;color-scheme:light dark;overflow-wrap:anywhere}"
    "main{max-width:76rem;margin:0 auto;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.05rem;margin:1.6rem 0 .2rem}"
    "table{width:100%;table-layout:fixed;border-collapse:collapse}thead th:first-child,tbody th{width:5rem}"
    "td,th{vertical-align:top;text-align:left;padding:.2rem .5rem;border-top:1px solid #8884}pre{white-space:pre-wrap;margin:0}"
    # on a phone, B stands below A
    "@media screen and (max-width:44rem){thead{display:none}table,tbody,tr,td,tbody th{display:block;width:auto}"
    "td{border:0;padding:.1rem .5rem}td::before{font-weight:bold;content:'A '}td:last-child::before{content:'B '}}"
)


def as_html(report: DiffReport) -> str:
    """Tell it in a page: each difference with what both targets say, side by side."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    environment.filters |= {"counted": counted, "lasting": lasting, "moment": moment}
    digest = b64encode(sha256(str(_STYLE).encode()).digest()).decode()
    return environment.get_template("diff.html.j2").render(
        report=report,
        sentence=sentence(report),
        style=_STYLE,
        policy=Markup(f"'sha256-{digest}'"),  # noqa: S704 - a digest of our own style
        signs=SIGNS,
        means=MEANS,
    )
