"""Tests of bot/workers."""
