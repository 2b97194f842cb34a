"""Questions with gold, metrics, speed; measured, not claimed."""
