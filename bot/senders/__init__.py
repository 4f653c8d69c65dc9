"""What is owed to the outside world: one file per system that is told something; the table is SENDERS."""
