"""RELIABILITY.md's invariants, each shown by a test that can fail; docs/reliability.md is their table."""
