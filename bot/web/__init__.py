"""The front door: routes, limits, and answers in JSON. What a request means is decided by sources and slack."""
