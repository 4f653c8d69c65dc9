"""Scoring: from events and a model to a score that can be proved line by line."""
