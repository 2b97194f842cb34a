"""Question -> evidence -> answer -> verdicts."""
