"""The pages: what every page shares, and the pages of each room."""
