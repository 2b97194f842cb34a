"""What the archive's tables are in: SQLite in its folder, or PostgreSQL."""
