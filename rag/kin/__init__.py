"""What other frameworks' programs ask an archive with, beside LlamaIndex itself."""
