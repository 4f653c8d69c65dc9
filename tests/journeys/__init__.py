"""Journeys through the whole product: a real request in, the Slack stand-in out."""
