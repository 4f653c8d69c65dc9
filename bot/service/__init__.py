"""What the product does, in its own words; every change is one transaction."""
