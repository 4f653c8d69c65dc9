"""Commands beside a running service: one request over a Unix socket in the data folder, answered with progress.

A request is a line of JSON, `{"do": NAME, "with": {…}}`. The answer is any number of lines `{"progress": {…}}` and one
`{"result": {…}}` or `{"error": MESSAGE}`. What a name means is the application's business: an `Operation` per name.
"""

from bot.control.client import call
from bot.control.protocol import NotRunning, Operation, Progress, RefusedByService, Told
from bot.control.server import ControlServer

__all__ = ["ControlServer", "NotRunning", "Operation", "Progress", "RefusedByService", "Told", "call"]
