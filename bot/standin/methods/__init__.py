"""The Web API, one module per family of methods; `catalogue` is the table of what there is."""
