"""The first page of the documentation is README.md, with links that lead to pages of the site where there are such."""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = re.compile(r"https://github\.com/counterfoil/counterfoil/blob/main/docs/([\w/-]+\.md)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The text of a page: that of the README for the first one."""
    if page.file.src_uri != "index.md":
        return markdown
    return PAGE.sub(r"\1", (ROOT / "README.md").read_text())
