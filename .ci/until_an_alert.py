"""Waits until a demo whose output is in this file has delivered an alert, as its own metrics say."""

import re
import sys
import time
import urllib.request
from pathlib import Path

SECONDS = 90


def main(log: Path) -> int:
    """0 once an alert was delivered, 1 when none came in time."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        found = re.search(r"Health +(http://\S+)/readyz", log.read_text())
        if found and delivered(found[1]):
            sys.stdout.write("the demo from the wheel has delivered an alert\n")
            return 0
        time.sleep(0.5)
    return 1


def delivered(url: str) -> bool:
    """Whether the service counts an alert as sent."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=5) as answer:  # noqa: S310 - our own address
        text = answer.read().decode()
    return bool(re.search(r'hotlead_deliveries_total\{kind="alert",result="sent"\} [1-9]', text))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
