"""The one composition root: settings, secrets and a clock in, a running service out."""

from bot.app.running import Hotlead

__all__ = ["Hotlead"]
