"""What always holds, each shown by a test that can fail; docs/reliability.md is the table."""
