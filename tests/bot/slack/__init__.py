"""Tests of what Slack shows and takes."""
