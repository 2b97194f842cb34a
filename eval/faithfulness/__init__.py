"""How faithful an answer is to its sources: scorers behind one interface."""
