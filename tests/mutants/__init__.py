"""Ten faults that must turn a test red: the tests have teeth."""
