"""An archive that changes while it is read: watched, rebuilt, followed."""
