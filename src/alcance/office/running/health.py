"""Whether the office lives and can serve, for whoever watches it; no word of what is inside."""

from __future__ import annotations

import shutil
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest

# With less, an upload or a day's measurements may not find room.
LEAST_FREE_BYTES = 200_000_000


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """The office can do its work: 200, or 503 with the names of what fails."""
    checks = {"database": _database_answers(), "migrations": False, "disk": _disk_has_room()}
    checks["migrations"] = checks["database"] and migrated()
    well = all(checks.values())
    told = {name: "ok" if passed else "failing" for name, passed in checks.items()}
    answer = {"status": "ok" if well else "failing", "checks": told}
    return JsonResponse(answer, status=200 if well else 503)


def unapplied_migrations() -> list[str]:
    """The changes of the database's layout that this version needs and the database has not had."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def migrated() -> bool:
    """Whether the database has had every change. Once it has, it keeps it, and the answer is kept as well."""
    try:
        return _migrated()
    except (LookupError, DatabaseError):
        return False


@cache
def _migrated() -> bool:
    if unapplied_migrations():
        # Only a yes is kept.
        raise LookupError
    return True


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        return False


def _disk_has_room() -> bool:
    try:
        return shutil.disk_usage(settings.OFFICE_DIR).free >= LEAST_FREE_BYTES
    except OSError:
        return False
