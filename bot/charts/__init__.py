"""Pictures: a drawing is a few frozen shapes, written as SVG by hand or as PNG by Pillow.

Terminals and browsers take SVG; Slack takes PNG alone. Both are made of the same shapes, so they show the same.
"""

from bot.charts.drawing import Drawing
from bot.charts.png import to_png
from bot.charts.svg import to_svg

__all__ = ["Drawing", "to_png", "to_svg"]
