"""The gate before everything that is served: who may come in, what they may do, and how much of it."""
