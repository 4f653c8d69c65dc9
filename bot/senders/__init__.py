"""Delivers what is owed to the outside world. Slack is the one system so far; bot/app/running.py has the table."""
