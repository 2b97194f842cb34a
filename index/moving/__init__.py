"""The archive as one file: written, carried, put in elsewhere."""
