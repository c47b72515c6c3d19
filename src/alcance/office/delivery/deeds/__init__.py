"""What people do in the five phases: each deed checks, records and moves the sites, in one transaction, or refuses."""
