"""The API of the office; rooms add their routers here."""

from __future__ import annotations

from ninja import NinjaAPI

api = NinjaAPI(title="Alcance", version="1", urls_namespace="api", docs_url="/docs")
