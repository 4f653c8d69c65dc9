"""Commands beside a running service."""
