"""What the programme promised, how a connection counts, and how far it has come."""
