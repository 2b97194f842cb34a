"""How a question is read: who is asked about, what, when; word by word."""
