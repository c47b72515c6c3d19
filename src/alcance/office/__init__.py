"""The office: where the programme lives after the plan; a Django project over the core, which it calls."""
