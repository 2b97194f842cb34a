"""Gold questions proposed from an archive, for a person to edit."""
