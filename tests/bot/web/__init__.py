"""The front door, through a running service."""
