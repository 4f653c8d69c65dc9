"""Slack: messages as pure functions of state, and listeners that ack, parse, ask the desk once and render."""
