"""A Slack workspace on this machine: strict like Slack, steered by tests, with a page for people.

    workspace = DemoWorkspace(now=clock)           # five people, channels of every kind; the clock is yours
    standin = StandIn(workspace)
    await standin.start()
    client = AsyncWebClient(token=workspace.bot_token, base_url=standin.api_url)
    standin.deliver_to("http://127.0.0.1:8080/slack/events")     # else Socket Mode
    delivery = await standin.run_command(workspace.reps[0], workspace.sales, "/lead", "score anna@x.dk")
    await standin.press(workspace.reps[0], standin.messages(workspace.sales)[-1], "claim")
    await standin.close()

It is used by tests and by the demo alone. What it does not know it refuses (`unknown_method`, `invalid_blocks`,
`invalid_arguments`): add a method in methods/catalogue.py, a block or element in blockkit/.
"""

from bot.standin.blockkit import check_message, check_view
from bot.standin.deliver import Delivery
from bot.standin.demo import DemoWorkspace
from bot.standin.errors import CannotActError
from bot.standin.faults import Fault
from bot.standin.keeping import bring_back, keep
from bot.standin.mrkdwn import Link, Mention
from bot.standin.server import StandIn
from bot.standin.values import Channel, Command, Message, Shortcut, User, View
from bot.standin.webapi import Call
from bot.standin.workspace import Workspace

__all__ = [
    "Call",
    "CannotActError",
    "Channel",
    "Command",
    "Delivery",
    "DemoWorkspace",
    "Fault",
    "Link",
    "Mention",
    "Message",
    "Shortcut",
    "StandIn",
    "User",
    "View",
    "Workspace",
    "bring_back",
    "check_message",
    "check_view",
    "keep",
]
