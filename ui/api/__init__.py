"""Doors for other programs: JSON over HTTP, and an address like OpenAI's."""
