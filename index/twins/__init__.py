"""One story, many prints: which articles are copies, versions or corrections of one another."""
