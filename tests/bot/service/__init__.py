"""What the product does, against a real store."""
