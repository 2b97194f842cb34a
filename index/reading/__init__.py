"""Who says what in an article: quotation marks, speech verbs, mentions, the people in it."""
