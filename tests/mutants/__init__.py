"""Ten faults of RELIABILITY.md that must turn a test red: the tests have teeth."""
