"""What the press puts around a report: datelines, days, the wire's own lines."""
