"""The office: where the programme lives after the plan. A Django project over the core, which it calls and never repeats."""
