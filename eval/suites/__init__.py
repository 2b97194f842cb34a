"""What can be asked or scored: the files that people have, each read as it comes."""
