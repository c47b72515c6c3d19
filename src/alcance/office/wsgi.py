"""What a web server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcance.office.settings")
application = get_wsgi_application()

from alcance.office.running.presence import be_present, end_with_parent  # noqa: E402 - needs the settings

# Whatever serves the office, a backup must not be restored under it.
be_present("server")
end_with_parent(patience_s=10)
