"""Two loops: deliver what is owed, act on what is due. No timer lives in memory: each is a column and a poll."""
