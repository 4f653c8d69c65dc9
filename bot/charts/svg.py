"""A drawing as SVG."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from bot.charts.drawing import Box, Dot, Drawing, Path, Shape, Words


def to_svg(drawing: Drawing) -> str:
    """The picture as a text that browsers and editors show."""
    width, height = drawing.width, drawing.height
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="sans-serif">',
        f"<title>{escape(drawing.title)}</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *(_shape(shape) for shape in drawing.shapes),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _shape(shape: Shape) -> str:
    match shape:
        case Path(points, color, width, dashed):
            dash = ' stroke-dasharray="4 3"' if dashed else ""
            through = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
            return f'<polyline points="{through}" fill="none" stroke="{color}" stroke-width="{_n(width)}"{dash}/>'
        case Box(x, y, width, height, color):
            return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{color}"/>'
        case Dot(x, y, radius, color):
            return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="{color}"/>'
        case Words(x, y, text, size, color, anchor):
            where = f'x="{_n(x)}" y="{_n(y)}" font-size="{size}" text-anchor={quoteattr(anchor)}'
            return f'<text {where} fill="{color}">{escape(text)}</text>'


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
