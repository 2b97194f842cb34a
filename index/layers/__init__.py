"""The embedder's layers, run one by one."""
