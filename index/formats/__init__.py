"""One module a format: what lies in a file -> raw articles."""
