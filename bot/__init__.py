"""hotlead: the Slack bot around the package scoring."""
