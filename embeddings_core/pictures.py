"""Pictures from anyone become RGB, upright, first frame; too large or damaged ones are refused with the reason."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import InputError
from .media import Media

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""What is opened, and nothing else that Pillow knows. JPEG opens MPO too, which some cameras write by that name."""
PIXELS = 89_000_000
"""The largest picture, width times height."""
_SIGNATURES = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
)
_BMP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)
_DEEP = ("I", "F")  # 32 bits a pixel, of any range
_PNG = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")  # what PNG holds as it is
_SMALL = 64  # pixels of the copy on which a check decodes


@dataclass(frozen=True, eq=False)
class Picture(Media):
    """One picture (PNG, JPEG, ...)."""

    word = "picture"

    def open(self, side: int | None = None) -> Image:
        """The decoded picture: RGB, upright, first frame. `side` (pixels) is the largest size that
        is needed, which makes big JPEGs several times faster to decode. Raises InputError.
        """
        return decode(self.read(), side)

    def checked(self) -> Picture:
        """This picture, once it is known that it can be opened. Raises InputError."""
        check(self.read())
        return self


@dataclass(frozen=True)
class Checked:
    """What a picture is: size in pixels as it is seen, and what `decode` has to change about it."""

    width: int
    height: int
    animated: bool
    converted: bool


def looks_like_picture(raw: bytes) -> bool:
    """Whether `raw` begins as a picture of a known format does."""
    if raw.startswith(b"BM"):  # so may a text; the length of the second header tells
        return int.from_bytes(raw[14:18], "little") in _BMP_HEADERS
    return raw.startswith(_SIGNATURES) or (raw[:4] == b"RIFF" and raw[8:12] == b"WEBP")


def decode(raw: bytes, side: int | None = None) -> Image:
    """The picture in `raw`: RGB of 8 bits, turned as its EXIF data says, on white, the first frame.

    `side` (pixels) asks for a copy whose longest side is at most that; big JPEGs then decode several times
    faster. Raises InputError for what is no picture, is damaged, or has more than PIXELS pixels.
    """
    return _decoded(raw, side)[1]


def check(raw: bytes) -> Checked:
    """What the picture in `raw` is. Decodes all of it, small. Raises InputError as `decode` does."""
    return _decoded(raw, _SMALL)[0]


def thumbnail(picture: Picture, side: int) -> bytes:
    """A copy (WebP) whose longest side is `side` pixels or less; tiny pictures keep their square pixels.

    Raises InputError as `decode` does.
    """
    from PIL import Image

    image = picture.open(side)
    times = side // max(image.size)
    if times > 1:
        image = image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    image.save(buffer, format="WEBP", quality=85, method=2, lossless=times > 1)
    return buffer.getvalue()


def encoded(image: Image) -> bytes:
    """A PIL image as PNG bytes, upright as its EXIF data says. Raises InputError when it is damaged."""
    from PIL import ImageOps

    try:
        upright = ImageOps.exif_transpose(image)
        return picture_bytes(upright if upright.mode in _PNG else _rgb(upright))
    except Exception as error:  # it may be read from a damaged file only now
        raise InputError(f"The picture is damaged: {str(error)[:200]}.", "Save it again, or leave it out.") from error


def tile(picture: Picture, side: int) -> Image:
    """The whole picture in the middle of a white square of `side` pixels. Raises InputError as `decode` does."""
    from PIL import Image

    image = picture.open(side)
    square = Image.new("RGB", (side, side), "white")
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square


def _decoded(raw: bytes, side: int | None) -> tuple[Checked, Image]:
    from PIL import Image, ImageOps

    image = _opened(raw)
    width, height = image.size
    mode = image.mode
    try:
        # whether there is a second frame, and not how many, which takes long
        animated = image.format not in ("MPO", "TIFF") and getattr(image, "is_animated", False)
        if side is not None:
            image.draft("RGB", (side, side))
        lying = image.size
        turned = image.getexif().get(0x0112, 1)
        image.load()
        plain: Image.Image = image
        if turned != 1:
            plain = ImageOps.exif_transpose(image)
        if plain.size != lying:  # a TIFF may be turned already, and tell so
            width, height = height, width
        plain = _rgb(plain)
        if side is not None and max(plain.size) > side:
            plain.thumbnail((side, side), Image.Resampling.LANCZOS)
    except Exception as error:  # damaged files make the decoders raise almost anything
        raise InputError(f"The picture is damaged: {str(error)[:200]}.", "Save it again, or leave it out.") from error
    converted = mode in ("CMYK", "LAB", "YCbCr", "HSV") or mode.startswith(("I", "F"))
    return Checked(width, height, animated, converted), plain


def _opened(raw: bytes) -> Any:
    """The picture with its header read, and no more than that."""
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(raw), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_large("") from error
    except UnidentifiedImageError as error:
        what = "is damaged" if looks_like_picture(raw) else "is no picture"
        raise InputError(
            f"It {what}, or of a kind that is not read.", "Bring PNG, JPEG, WebP, GIF, BMP or TIFF."
        ) from error
    except Exception as error:
        raise InputError(f"The picture is damaged: {str(error)[:200]}.", "Save it again, or leave it out.") from error
    width, height = image.size
    if width * height > PIXELS:
        raise _too_large(f"of {width:,} x {height:,} pixels ")
    return image


def _rgb(image: Image) -> Image:
    """A loaded picture of any mode as RGB on white."""
    from PIL import Image

    if image.mode.startswith("I;16"):
        # 0 to 65535; Pillow's own conversion would cut everything above 255
        image = image.convert("I").point(lambda value: value / 257).convert("L")
    elif image.mode in _DEEP:
        image = _stretched(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        return white
    return image if image.mode == "RGB" else image.convert("RGB")


def _stretched(image: Image) -> Image:
    """Numbers of unknown range: what is least is black, what is most is white."""
    import numpy as np
    from PIL import Image

    numbers = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=0, neginf=0)
    low, high = numbers.min(), numbers.max()
    scaled = (numbers - low) * (255 / (high - low)) if high > low else np.zeros_like(numbers)
    return Image.fromarray(np.round(scaled).astype(np.uint8))


def _too_large(size: str) -> InputError:
    return InputError(
        f"The picture {size}is too large: at most {PIXELS / 1e6:.0f} million pixels are read.",
        "Bring a smaller copy of it.",
    )


def picture_bytes(image: Image) -> bytes:
    """A PIL image as PNG bytes."""
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()
