"""Pictures to files: the name says whether as SVG or as PNG."""

from __future__ import annotations

from pathlib import Path

from bot.charts import Drawing, to_png, to_svg
from bot.errors import HotleadError


def check_name(path: Path | None) -> None:
    """Before any work is done: whether a picture can be written under this name."""
    if path is not None and path.suffix.lower() not in (".svg", ".png"):
        raise HotleadError(f"{path} is no name of a picture. Allowed: a name that ends in .svg or .png.")


def save(drawing: Drawing, path: Path) -> None:
    """Write a picture. Raises HotleadError in words."""
    check_name(path)
    written = to_png(drawing) if path.suffix.lower() == ".png" else to_svg(drawing).encode()
    try:
        path.write_bytes(written)
    except OSError as trouble:
        raise HotleadError(f"{path} cannot be written: {trouble.strerror or trouble}.") from None
