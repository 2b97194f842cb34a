"""Articles in: read, keep, split, attribute, embed, store."""
