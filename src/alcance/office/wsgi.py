"""What a web server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcance.office.settings")
application = get_wsgi_application()

from alcance.office.running.presence import PARENT, be_present, end_with_parent  # noqa: E402 - needs the settings

# Whatever serves the office, a backup must not be restored under it.
be_present("server")
end_with_parent(patience_s=10)
if os.environ.get(PARENT) == str(os.getppid()):
    # Ctrl-C in a terminal is for the process that serves through this one: told twice, this one would not stop.
    os.setpgid(0, 0)
