"""Figures: rows, metrics over them, and how far a figure may be off."""
