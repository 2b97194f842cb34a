"""Planted lies: true sentences made false in one point, and what a verifier says of both."""
