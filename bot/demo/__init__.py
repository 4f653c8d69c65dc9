"""The demo's story: an invented software company, the people it meets, and the client that sends in what they do."""
