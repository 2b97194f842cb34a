"""What is known of German, English and Russian, once: tables as data, and their readers."""
