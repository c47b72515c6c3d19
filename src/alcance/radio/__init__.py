"""Can two masts talk, and how well."""
