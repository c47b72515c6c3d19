"""Walking through every page that links lead to, and what each page must keep to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from django.urls import Resolver404, resolve

# So many pages of one kind are looked at; the others of that kind are made by the same code.
MOST_OF_A_KIND = 4
MOST_PAGES = 400
# Where a page's links do not lead: leaving, and files that are fetched whole.
_LEFT_OUT = ("/accounts/logout", "/language", "/static/")


class _Page(HTMLParser):
    """Links of a page, and what in it a strict content security policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.refused: list[str] = []
        self.ids: Counter[str] = Counter()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.refused.append(f"<{tag} {name}={value!r}>")
            if name in {"href", "src", "action"} and (value or "").strip().lower().startswith("javascript:"):
                self.refused.append(f"<{tag} {name}={value!r}>")
        if tag == "style":
            self.refused.append("<style>")
        # Data for a script is not a script.
        if tag == "script" and not given.get("src") and given.get("type") not in {"application/json", "importmap+json"}:
            self.refused.append("<script> without src")
        loaded = given.get("src") if tag in {"script", "img", "iframe", "source"} else None
        if tag == "link":
            loaded = (
                given.get("href") if given.get("rel") in {"stylesheet", "icon", "preload", "modulepreload"} else None
            )
        if loaded and urlsplit(loaded).netloc:
            self.refused.append(f"<{tag}> from {urlsplit(loaded).netloc}")
        if given.get("id"):
            self.ids[given["id"]] += 1
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "form" and given.get("method", "get").lower() == "get" and given.get("action"):
            self.links.append(given["action"])


@dataclass
class Walk:
    """What was seen on a walk."""

    statuses: dict[str, int] = field(default_factory=dict)
    #: The first page of each kind.
    pages: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def kind_of(path: str) -> str:
    """The name of the address that a path is one of."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    return match.view_name or match.route


def walk(client, start=("/",), most=MOST_PAGES) -> Walk:
    """Follow every link that a client is shown, and collect what is wrong with any page."""
    found, waiting, seen = Walk(), list(start), Counter()
    while waiting and len(found.statuses) < most:
        path = waiting.pop(0)
        bare = urlsplit(path).path
        kind = kind_of(bare)
        if path in found.statuses or bare.startswith(_LEFT_OUT) or seen[kind] >= MOST_OF_A_KIND:
            continue
        seen[kind] += 1
        response = client.get(path)
        found.statuses[path], found.names[path] = response.status_code, kind
        if response.status_code >= 500:
            found.faults.append(f"{path}: {response.status_code}")
        if response.status_code in {301, 302}:
            waiting.append(urljoin(path, response.headers["Location"]))
        if response.status_code >= 300 or not response.headers.get("Content-Type", "").startswith("text/html"):
            if getattr(response, "streaming", False):
                # Read to its end: closing it otherwise would end the connection that the test lives in.
                for _ in response:
                    pass
            continue
        found.pages.setdefault(kind, path)
        page = _Page()
        page.feed(response.content.decode())
        found.faults += [f"{path}: {one}" for one in page.refused]
        found.faults += [f"{path}: id {one!r} twice" for one, times in page.ids.items() if times > 1]
        if "Content-Security-Policy" not in response.headers:
            found.faults.append(f"{path}: no content security policy")
        for link in page.links:
            onward = urldefrag(urljoin(path, link)).url
            if not urlsplit(onward).netloc and not urlsplit(onward).scheme:
                waiting.append(onward)
    return found


def walk_example() -> dict[str, dict]:
    """Walk through the example office of these settings as everybody in it and as the public."""
    from django.test import Client

    from alcance.office.accounts.models import Person

    found = {}
    for person in [None, *Person.objects.order_by("email")]:
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        if person is not None:
            client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        walked = walk(client, ("/", "/lots/", "/organisations/", "/account/"))
        dead = [f"{path}: {status}" for path, status in walked.statuses.items() if status in {400, 403, 404}]
        found["public" if person is None else person.email] = {
            "faults": walked.faults + dead,
            "pages": len(walked.statuses),
        }
    return found
