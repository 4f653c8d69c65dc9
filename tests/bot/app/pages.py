"""The pages under docs/sources, made from the code: `python -m tests.bot.app.pages` writes them, a test compares."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.app.guides import GUIDES, Guide, steps_of
from bot.sources import SOURCES
from bot.sources.base import FieldMap
from bot.sources.standard import FIELDS
from tests.bot.sources.payloads import FOLDER, FOLDERS

DOCS = Path(__file__).parents[3] / "docs" / "sources"
ADDRESS = "https://leads.example.com"
_OWN_NAMES = ("generic", "segment", "standard")
"""Kinds whose senders keep their own names for types."""
_LONGEST = 1500


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    return {"README.md": _index(), **{f"{kind}.md": page(GUIDES[kind]) for kind in sorted(GUIDES)}}


def _index() -> str:
    rows = [[f"[{guide.title}]({kind}.md)", f"`{kind}`", guide.what] for kind, guide in sorted(GUIDES.items())]
    return "\n".join(
        [
            "# Sources of events",
            "",
            "`hotlead sources add` asks for the kind, writes the configuration and prints what to paste where;",
            "`hotlead sources test NAME` sends a signed sample; `hotlead sources` shows what comes and is refused.",
            "An event is answered by 200 when it is durable, counts once however often it is sent, and one bad event",
            "never refuses its batch. Files of the past come in with [`hotlead import`](../import.md).",
            "",
            "An event that is accepted *naming nobody* is kept and is no lead's: its address, user id or phone is not",
            "where it is looked for, or is none that can be read. Many of them say that a mapping is wrong.",
            "",
            *_table(("source", "`kind`", "what comes from it"), rows),
        ]
    )


def page(guide: Guide) -> str:
    """One kind: what to paste where, and what becomes of what."""
    name = guide.kind.replace("_", "-")
    variable = f"HOTLEAD_{name.upper().replace('-', '_')}_SECRET"
    header = f'header = "{guide.header}"\n' if guide.header else ""
    section = f'[source.{name}]\nkind = "{guide.kind}"\n{header}secrets = ["{variable}"]'
    steps = steps_of(guide, name, ADDRESS, f"the value of `{variable}`" if guide.ours else f"`{variable}`")
    made = "a fresh one is printed by `hotlead sources add`" if guide.ours else "it is copied from the sender"
    return "\n".join(
        [
            f"# {guide.title}",
            "",
            f"{guide.what[0].upper()}{guide.what[1:]}.",
            "",
            "## Connect it",
            "",
            f"`hotlead sources add {guide.kind}` writes this into `hotlead.toml`. The secret stands in the environment",
            f"variable that it names; {made}.",
            "",
            "```toml",
            section,
            "```",
            "",
            *(f"{number}. {step}" for number, step in enumerate(steps, 1)),
            "",
            f"Ways of proving a request (`scheme`), the first is the usual one: {_schemes(guide.kind)}.",
            "",
            "## What becomes of it",
            "",
            *_table(("what", "how"), [["a person is known by", guide.who], ["an event is known by", guide.once],
                               ["its time is", guide.when], ["when it is refused, the sender", guide.refused]]),
            *_types(guide.kind),
            *_fields(guide.kind),
            *_example(guide.kind),
        ]
    )  # fmt: skip


def _schemes(kind: str) -> str:
    return ", ".join(f"`{name}`" for name in (*SOURCES[kind].schemes, "header", "basic", "url"))


def _of(kind: str, *names: str) -> dict[str, str]:
    module = importlib.import_module(f"bot.sources.{kind}")
    found: dict[str, str] = {}
    for name in names:
        found |= getattr(module, name, {})
    return found


def _types(kind: str) -> list[str]:
    words = _of(kind, "_TYPES", "_CALL_TYPES", "_SEMANTIC")
    rest = "keeps the sender's own name" if kind in _OWN_NAMES else f"is called `{SOURCES[kind].prefix}.ITS-NAME`"
    if not words:
        return ["", f"A type of event {rest}."]
    rows = [[f"`{theirs}`", f"`{ours}`"] for theirs, ours in words.items()]
    return ["", *_table(("the sender's word", "ours"), rows), "", f"Every other {rest}."]


def _fields(kind: str) -> list[str]:
    if kind in ("generic", "standard"):
        return _places(FieldMap() if kind == "generic" else FIELDS)
    rows = [[f"`{path}`", f"`{name}`"] for name, path in _of(kind, "_PROPERTIES").items()]
    rows += [[f"`{theirs}`", f"`{ours}`"] for theirs, ours in _of(kind, "_NAMES").items()]
    known = _of(kind, "_TRAITS", "TRAITS")
    people = [[f"`{theirs}`", f"`{ours}`"] for theirs, ours in known.items() if theirs != ours]
    found = ["", *_table(("of the event", "property"), rows)] if rows else []
    return [*found, *(["", *_table(("of the person", "attribute"), people)] if people else [])]


def _places(fields: FieldMap) -> list[str]:
    """Where a mapped source looks, the nearest first; the mapping says otherwise."""
    names = ("id", "type", "time", "email", "user_id", "anonymous_id", "phone", "group_id", "company")
    rows = [[f"`{name}`", ", ".join(f"`{path}`" for path in getattr(fields, name))] for name in names]
    told = "Under `[source.NAME.mapping]` each may be another path, or a list of them; dots reach into maps."
    return ["", *_table(("field", "where it is looked for"), rows), "", told]


def _example(kind: str) -> list[str]:
    """A real payload and what it means."""
    for folder, read in FOLDERS.items():
        expected = json.loads((FOLDER / "expected" / f"{folder}.json").read_text(encoding="utf-8"))
        for file, meaning in expected.items():
            body = (FOLDER / folder / file).read_text(encoding="utf-8").strip()
            if read.kind == kind and read.mapping == FieldMap() and meaning.get("events") and len(body) < _LONGEST:
                event = json.dumps(meaning["events"][0], indent=1, ensure_ascii=False)
                said = ["", "## An example", "", "What came:", "", "```", body, "```", "", "What it means:", ""]
                return [*said, "```json", event, "```"]
    return []


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]


def write(folder: Path, made: Mapping[str, str]) -> None:
    """Write the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (folder / name).write_text(text.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(DOCS, pages())
