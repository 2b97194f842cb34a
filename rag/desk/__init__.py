"""What users keep beside the archive: conversations, quotes, feedback."""
