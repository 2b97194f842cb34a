"""A run: questions asked, answers scored, rows kept."""
