"""Files of the past, read line by line: CSV and JSON Lines, in the shapes in which vendors export them."""

from bot.history.events import Event, Problem, Reader, open_reader
from bot.history.files import Row, fingerprint, rows_of
from bot.history.shapes import SHAPES, Shape

__all__ = ["SHAPES", "Event", "Problem", "Reader", "Row", "Shape", "fingerprint", "open_reader", "rows_of"]
