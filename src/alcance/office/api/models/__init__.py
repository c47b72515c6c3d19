"""What the API keeps of its own."""

from alcance.office.api.models.idempotent_write import IdempotentWrite
from alcance.office.api.models.key import ApiKey, KeyScope

__all__ = ["ApiKey", "IdempotentWrite", "KeyScope"]
