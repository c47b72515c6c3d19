"""The five phases: nomination, planning, tender, deployment, operation; and the life of a site through them."""
