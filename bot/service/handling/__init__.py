"""What happens to a lead from its alert to its end: who has it, by when, how it ended, and what is counted of it.

docs/handling.md says it for people. `state` says where a lead stands; `acts`, `ending` and `working` are what people
do, `happenings` and `steps` what happens by itself; all of them end in `team`, which keeps the one rule.
"""
