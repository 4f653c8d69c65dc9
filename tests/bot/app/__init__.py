"""The composition root and what it carries."""
