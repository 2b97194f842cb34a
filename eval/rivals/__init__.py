"""The plain LlamaIndex starter beside ours, on the same questions."""
