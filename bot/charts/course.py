"""The picture of a lead's score over time: steps, dashed where nothing has happened yet, a dot for every crossing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.charts.drawing import BLUE, GREEN, GREY, RED, Dot, Drawing, Frame, Path, Shape, Words
from bot.service.models.views import Course, CoursePoint
from scoring.instants import DAY, Instant, to_datetime

_WIDTH, _HEIGHT = 900, 360
_TICKS: Final = 7
_ROOM: Final = 110  # what the words of a publication take


def course_picture(course: Course) -> Drawing:
    """The course of a lead; its name is left to whoever shows the picture, a picture may go far."""
    title = f"{course.lead.key}: score by {course.model}"
    frame = _frame(course)
    shapes: list[Shape] = [Words(60, 22, title, 18), *frame.rules(), *_ticks(frame), *_bounds(frame, course)]
    for near in _near(frame, course.publications):
        (at, first), (_, last) = near[0], near[-1]
        words = f"version {first}" if first == last else f"versions {first} to {last}"
        shapes += _upright(frame, at, GREY, words, frame.top + 12)
    shapes += _upright(frame, course.now, GREEN, "now", frame.top + frame.height - 6)
    shapes.append(Path(_steps(frame, course.points, course.now), BLUE, 2))
    shapes.append(Path(_steps(frame, course.ahead, round(frame.x_high)), BLUE, 1.5, dashed=True))
    shapes += [Dot(frame.x(one.at), frame.y(float(one.score)), 4, RED) for one in course.crossings]
    shapes += _legend(course)
    return Drawing(_WIDTH, _HEIGHT, title, tuple(shape for shape in shapes if _is_there(shape)))


def _near(frame: Frame, publications: Sequence[tuple[Instant, int]]) -> list[list[tuple[Instant, int]]]:
    """Publications whose words would be written over each other, together."""
    groups: list[list[tuple[Instant, int]]] = []
    for one in publications:
        if groups and frame.x(one[0]) - frame.x(groups[-1][0][0]) < _ROOM:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _legend(course: Course) -> Iterator[Shape]:
    """What the dashed line and the dots are, under the title."""
    if len(course.ahead) > 1:
        yield Path(((60, 38), (84, 38)), BLUE, 1.5, dashed=True)
        yield Words(90, 42, "if nothing happens", 11)
    if course.crossings:
        yield Dot(220, 38, 4, RED)
        yield Words(230, 42, "crossing, as recorded", 11)


def _frame(course: Course) -> Frame:
    scores = [float(one.score) for one in (*course.points, *course.ahead) if one.score is not None]
    scores += [float(one.score) for one in course.crossings]
    begin = course.points[0].at if course.points else course.now - DAY
    end = course.ahead[-1].at if len(course.ahead) > 1 else course.now
    end = max(end, course.now + max((course.now - begin) // 20, DAY // 24))
    return Frame(60, 50, _WIDTH - 120, _HEIGHT - 90, begin, end, min(0, *scores, 0), max(10, *scores, 10))


def _steps(frame: Frame, points: Sequence[CoursePoint], until: Instant) -> tuple[tuple[float, float], ...]:
    """A score holds until the next; without one (outside the population) it is drawn as 0."""
    drawn: list[tuple[float, float]] = []
    for point in points:
        x, y = frame.x(point.at), frame.y(float(point.score or 0))
        if drawn:
            drawn.append((x, drawn[-1][1]))
        drawn.append((x, y))
    return (*drawn, (frame.x(until), drawn[-1][1])) if drawn else ()


def _ticks(frame: Frame) -> Iterator[Shape]:
    days = (frame.x_high - frame.x_low) / DAY
    form = "%d %b %Y" if days > 5 else "%d %b %H:%M"
    for number in range(_TICKS):
        at = frame.x_low + (frame.x_high - frame.x_low) * number / (_TICKS - 1)
        x = frame.x(at)
        yield Words(x, frame.top + frame.height + 18, to_datetime(round(at)).strftime(form), 11, GREY, "middle")


def _bounds(frame: Frame, course: Course) -> Iterator[Shape]:
    for name, bound in course.bounds:
        if frame.y_low <= bound <= frame.y_high:
            y = frame.y(float(bound))
            yield Path(((frame.left, y), (frame.left + frame.width, y)), RED, 1, dashed=True)
            yield Words(frame.left + frame.width - 4, y - 4, name, 11, RED, "end")


def _upright(frame: Frame, at: Instant, color: str, text: str, y: float) -> list[Shape]:
    x = frame.x(at)
    bottom = frame.top + frame.height
    return [Path(((x, frame.top), (x, bottom)), color, 1, dashed=True), Words(x + 4, y, text, 11, color)]


def _is_there(shape: Shape) -> bool:
    return not isinstance(shape, Path) or len(shape.points) > 1
