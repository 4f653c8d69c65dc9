"""Who is who (docs/identity.md): whose an event is, which company it names, and what admins say about either.

`partition` works it out from scratch and is the reference; `index` keeps the same answer up to date, step by step.
"""
