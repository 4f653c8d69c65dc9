"""All SQL: tables, the engine and its pragmas, one module per aggregate, and the outbox."""
