"""Photos: judged by their content, cleaned, and kept under the digest of what is kept."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import os
import tempfile
import warnings
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from alcance.office.accounts.refusals import Refused
from alcance.office.delivery.models import Photo

if TYPE_CHECKING:
    from alcance.office.accounts.models import Person

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 12_000_000
MOST_PIXELS = 40_000_000
# What is kept is good enough to read a label by, and small enough for a slow line.
MOST_SIDE_PX = 1600
QUALITY = 82


def photo_path(digest: str) -> Path:
    """Where a photo is kept."""
    return Path(settings.MEDIA_ROOT) / "photos" / digest[:2] / f"{digest}.jpg"


def keep_photo(upload: IO[bytes], person: Person, *, at: dt.datetime) -> Photo:
    """Keep a photo: turned upright, at most 1,600 pixels long, as JPEG, without its metadata but time and place.

    The same photo twice is kept once.

    Raises
    ------
    Refused
        Where it is too large, or no picture of a kind that we take, whatever its name says.
    """
    content = upload.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refused(_("the photo is larger than %(n)s MB") % {"n": MOST_BYTES // 1_000_000})
    picture, exif = _open(content)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    kept = out.getvalue()
    digest = hashlib.sha256(kept).hexdigest()
    _write(photo_path(digest), kept)
    lon, lat = _place(exif)
    photo, _made = Photo.objects.get_or_create(
        digest=digest,
        defaults={
            "width_px": picture.width,
            "height_px": picture.height,
            "bytes": len(kept),
            "taken_at": _time(exif),
            "lon": lon,
            "lat": lat,
            "uploaded_by": person,
            "uploaded_at": at,
        },
    )
    return photo


def _open(content: bytes) -> tuple[Image.Image, Image.Exif]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise Refused(_("the photo has more than %(n)s million pixels") % {"n": MOST_PIXELS // 1_000_000})
                exif = found.getexif()
                picture = ImageOps.exif_transpose(found).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(
            _("this is no photo that can be taken: %(formats)s are") % {"formats": ", ".join(FORMATS)}
        ) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise Refused(_("the photo is damaged or cut off")) from error
    picture.thumbnail((MOST_SIDE_PX, MOST_SIDE_PX))
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    return clean, exif


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)


def _time(exif: Image.Exif) -> dt.datetime | None:
    """When it was taken, if it says so; a camera's clock without a zone is taken as the office's own."""
    from django.utils import timezone

    text = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        naive = dt.datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S")
        # The last hours of the year 9999 are no moment elsewhere.
        return timezone.make_aware(naive).astimezone(dt.UTC)
    return None


def _place(exif: Image.Exif) -> tuple[float | None, float | None]:
    found = exif.get_ifd(ExifTags.IFD.GPSInfo)
    lon = _degrees(found.get(ExifTags.GPS.GPSLongitude), found.get(ExifTags.GPS.GPSLongitudeRef), "W", 180.0)
    lat = _degrees(found.get(ExifTags.GPS.GPSLatitude), found.get(ExifTags.GPS.GPSLatitudeRef), "S", 90.0)
    return (lon, lat) if lon is not None and lat is not None else (None, None)


def _degrees(parts: Any, side: Any, negative: str, most: float) -> float | None:
    with contextlib.suppress(TypeError, ValueError, ZeroDivisionError):
        degrees, minutes, seconds = (float(part) for part in parts)
        value = degrees + minutes / 60 + seconds / 3600
        if 0 <= value <= most:
            return round(-value if str(side).upper().startswith(negative) else value, 6)
    return None
