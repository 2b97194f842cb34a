"""What the page, the terminal and the renderings say, in English, German and Russian: one module an area."""
