"""BILLmanager's answer trees and their notations: xml, devel, json, xjson, bjson, text and a page for browsers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape as html_escape
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ROWS = ("elem", "val", "list", "slist", "entry")
FORMATS = ("xml", "devel", "json", "xjson", "bjson", "text")


class Node:
    """An element: attributes, and either a text or other elements."""

    def __init__(self, tag: str, *content: Node | str, **attributes: str) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children = [part for part in content if isinstance(part, Node)]
        texts = [part for part in content if isinstance(part, str)]
        self.text = "".join(texts) if texts or not (self.children or attributes) else None

    def first(self, tag: str) -> Node | None:
        """The first child of that name."""
        return next((child for child in self.children if child.tag == tag), None)


def clean(text: str) -> str:
    """Text without characters that XML cannot hold."""
    return _CONTROL.sub("?", text)


def xml_of(node: Node, depth: int | None = None) -> Iterator[str]:
    """The pieces of an element in XML; with a depth the layout is pretty."""
    pad, end = ("", "") if depth is None else ("  " * depth, "\n")
    head = node.tag + "".join(f" {key}={quoteattr(clean(value))}" for key, value in node.attributes.items())
    if node.children:
        yield f"{pad}<{head}>{escape(clean(node.text or ''))}{end}"
        for child in node.children:
            yield from xml_of(child, None if depth is None else depth + 1)
        yield f"{pad}</{node.tag}>{end}"
    elif node.text:
        yield f"{pad}<{head}>{escape(clean(node.text))}</{node.tag}>{end}"
    else:
        yield f"{pad}<{head}/>{end}"


def json_of(node: Node) -> dict[str, Any]:
    """Attributes as $name, text as $, children by name; several of one name are an array, one alone is not."""
    shown: dict[str, Any] = {"$" + key: clean(value) for key, value in node.attributes.items()}
    if node.text is not None:
        shown["$"] = clean(node.text)
    for child in node.children:
        value = json_of(child)
        if child.tag not in shown:
            shown[child.tag] = value
        elif isinstance(shown[child.tag], list):
            shown[child.tag].append(value)
        else:
            shown[child.tag] = [shown[child.tag], value]
    return shown


def flat_of(node: Node) -> Any:
    """The brief JSON: a plain text for a leaf, an object for the rest, rows always in an array."""
    if not node.children and not node.attributes:
        return clean(node.text or "")
    shown: dict[str, Any] = {key: clean(value) for key, value in node.attributes.items()}
    if node.text:
        shown["value"] = clean(node.text)
    for child in node.children:
        value = flat_of(child)
        if child.tag in ROWS:
            shown.setdefault(child.tag, []).append(value)
        elif child.tag not in shown:
            shown[child.tag] = value
        elif isinstance(shown[child.tag], list):
            shown[child.tag].append(value)
        else:
            shown[child.tag] = [shown[child.tag], value]
    return shown


def brief_json(doc: Node) -> dict[str, Any]:
    """bjson: "ok":true with the plain values, or the error; rows hold "name":"value"."""
    error = doc.first("error")
    if error is not None:
        message = error.first("msg")
        return {"error": {**error.attributes, "msg": message.text if message else ""}}
    shown: dict[str, Any] = {"ok": True}
    for key, value in (flat_of(doc)).items():
        if key == "ok" and value:
            shown["location"] = value
        elif key not in ("ok", "tparams", *doc.attributes):
            shown[key] = value
    return shown


def leaves(node: Node, path: str = "") -> Iterator[tuple[str, str]]:
    """All values below an element under their dotted names."""
    for key, value in node.attributes.items():
        yield f"{path}@{key}", value
    if node.text:
        yield path, node.text
    for child in node.children:
        yield from leaves(child, f"{path}.{child.tag}" if path else child.tag)


def text_row(pairs: Iterator[tuple[str, str]]) -> str:
    """One row as key=value key=value; blanks inside a value become underscores."""
    return " ".join(key + "=" + re.sub(r"\s+", "_", clean(value)) for key, value in pairs)


def text_lines(doc: Node) -> Iterator[str]:
    """text: key=value lines; a row of a list is one line."""
    for child in doc.children:
        if child.tag == "tparams":
            continue
        if child.tag == "error":
            yield "error=" + child.attributes["type"]
            yield "object=" + child.attributes.get("object", "")
            message = child.first("msg")
            yield "msg=" + clean(message.text or "" if message else "").replace("\n", " ")
        elif child.tag == "elem":
            yield text_row(leaves(child))
        elif child.tag == "list":
            yield from (text_row(leaves(row)) for row in child.children)
        elif child.children:
            yield text_row(leaves(child, child.tag))
        else:
            yield f"{child.tag}={clean(child.text or '')}".replace("\n", " ")


def page_of(doc: Node) -> str:
    """The page that a browser gets."""
    rows = "".join(
        f"<tr><td>{html_escape(key)}</td><td>{html_escape(clean(value))}</td></tr>"
        for key, value in leaves(doc)
        if not key.startswith("tparams")
    )
    return f"<!doctype html><meta charset=utf-8><title>Panel</title><table>{rows}</table>"


def rendered(doc: Node, out: str) -> tuple[str, str]:
    """Media type and text of an answer."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    if out == "xml":
        return "text/xml; charset=utf-8", head + "".join(xml_of(doc))
    if out == "devel":
        extra = [
            Node("metadata", Node("form", "yes" if doc.first("slist") else "no"), name=doc.attributes["func"]),
            Node("messages", Node("msg", "Developer's view", name="title"), name=doc.attributes["func"]),
        ]
        shown = Node("doc", *doc.children, *extra, **doc.attributes)
        return "text/xml; charset=utf-8", head + "".join(xml_of(shown, 0))
    if out in ("json", "xjson"):
        return "application/json; charset=utf-8", json.dumps({"doc": json_of(doc)}, ensure_ascii=False, indent=1)
    if out == "bjson":
        return "application/json; charset=utf-8", json.dumps(brief_json(doc), ensure_ascii=False, separators=(",", ":"))
    if out == "text":
        return "text/plain; charset=utf-8", "".join(line + "\n" for line in text_lines(doc))
    return "text/html; charset=utf-8", page_of(doc)
