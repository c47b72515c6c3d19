"""Passwords that are as easily guessed as one that everybody takes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator


class NoCommonPassword(CommonPasswordValidator):
    """Refuses a common password, also one written several times over to make it long."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse it.

        Raises
        ------
        ValidationError
            Where it, or what it repeats, is among the common ones.
        """
        length = len(password)
        for part in range(1, length + 1):
            if length % part == 0 and password == password[:part] * (length // part):
                super().validate(password[:part], user)
