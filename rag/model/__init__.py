"""A language model: how it is asked, what comes back, and how little of that is taken on trust."""
