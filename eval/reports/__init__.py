"""What a run found, to look at: pages, tables, comparisons, floors."""
