"""The one way out to the web: addresses that the user asks to index, and nothing else uses it."""
