"""The models of the service: which are live, trying a draft over the stored history, publishing it, rescoring."""
