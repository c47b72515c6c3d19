"""What the API shows, one kind of thing a file."""
