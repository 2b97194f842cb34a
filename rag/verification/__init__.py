"""The rules of the offline verifier, one subject to a module."""
