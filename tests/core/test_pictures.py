"""Pictures from anyone: every format and mode becomes upright RGB on white, damaged ones are told."""

from __future__ import annotations

import contextlib
import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from embeddings_core.errors import InputError
from embeddings_core.pictures import (
    FORMATS,
    PIXELS,
    Picture,
    check,
    decode,
    encoded,
    looks_like_picture,
    picture_bytes,
    thumbnail,
    tile,
)
from embeddings_core.readers import load, read_bytes

CORNERS = {(5, 5): (255, 0, 0), (35, 5): (0, 0, 255), (5, 15): (0, 128, 0), (35, 15): (255, 255, 255)}
"""Where the upright picture of `corners` has which color."""
UNDONE = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
"""Pillow's transpositions that turn an upright picture into what a camera with this orientation would save."""


def save(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def corners() -> Image.Image:
    image = Image.new("RGB", (40, 20), "white")
    for (x, y), color in CORNERS.items():
        image.paste(color, (x // 20 * 20, y // 10 * 10, x // 20 * 20 + 20, y // 10 * 10 + 10))
    return image


def noise(width: int = 60, height: int = 50) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size, with hardly any data below it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def near(found: object, expected: tuple[int, int, int], by: int = 12) -> bool:
    return bool(np.abs(np.subtract(found, expected)).max() <= by)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_opens(kind: str) -> None:
    raw = save(corners(), kind, quality=95)
    assert looks_like_picture(raw)
    image = decode(raw)
    assert (image.mode, image.size) == ("RGB", (40, 20))
    for place, color in CORNERS.items():
        assert near(image.getpixel(place), color)
    about = check(raw)
    assert (about.width, about.height, about.animated, about.converted) == (40, 20, False, False)


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "BMP", "TIFF"])
def test_a_format_opens_before_anything_else_has_loaded_its_decoder(kind: str) -> None:
    code = "import sys; from embeddings_core.pictures import check; print(check(sys.stdin.buffer.read()).width)"
    done = subprocess.run([sys.executable, "-c", code], input=save(corners(), kind), capture_output=True, check=False)
    assert done.stdout.strip() == b"40", done.stderr.decode()


def test_what_cameras_call_jpeg_opens() -> None:
    raw = save(corners(), "MPO", save_all=True, append_images=[noise(40, 20)])
    assert near(decode(raw).getpixel((5, 5)), (255, 0, 0), 40)
    assert not check(raw).animated


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_gives_the_same_upright_picture(kind: str, orientation: int) -> None:
    upright = corners()
    lying = upright if orientation == 1 else upright.transpose(Image.Transpose(UNDONE[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    raw = save(lying, kind, exif=exif, quality=95)
    image = decode(raw)
    assert image.size == (40, 20)
    for place, color in CORNERS.items():
        assert near(image.getpixel(place), color)
    assert (check(raw).width, check(raw).height) == (40, 20)
    assert decode(raw, 10).size == (10, 5)


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_big_jpeg_tells_its_own_size_and_decodes_small(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    raw = save(Image.new("RGB", (2000, 1000), "teal"), "JPEG", exif=exif)
    about = check(raw)
    assert (about.width, about.height) == ((2000, 1000) if orientation == 1 else (1000, 2000))
    for side in (1, 37, 224, 1999):
        assert max(decode(raw, side).size) == side
    assert max(decode(raw, 5000).size) == 2000


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken_with_a_note(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "lime", "blue")]
    raw = save(frames[0], kind, save_all=True, append_images=frames[1:])
    assert near(decode(raw).getpixel((4, 4)), (255, 0, 0))
    loaded = read_bytes(raw, f"moving.{kind.lower()}")
    assert loaded.notes == ["Of 1 picture that move, the first frame was taken."]


def test_cmyk() -> None:
    raw = save(Image.new("CMYK", (9, 9), (0, 255, 255, 0)), "JPEG", quality=95)
    assert near(decode(raw).getpixel((4, 4)), (255, 0, 0))
    loaded = read_bytes(raw, "print.jpg")
    assert loaded.notes == ["The colors of 1 picture were converted to 8-bit RGB."]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bits_a_pixel_keep_their_shades(kind: str) -> None:
    raw = save(Image.fromarray(np.array([[0, 257, 32_896, 65_535]], dtype=np.uint16)), kind)
    assert [decode(raw).getpixel((x, 0)) for x in range(4)] == [(0,) * 3, (1,) * 3, (128,) * 3, (255,) * 3]
    assert check(raw).converted


def test_32_bit_floats_are_stretched_over_all_shades() -> None:
    numbers = np.array([[-1000.0, 0.0, 1000.0, np.nan]], dtype=np.float32)
    image = decode(save(Image.fromarray(numbers), "TIFF"))
    assert [image.getpixel((x, 0)) for x in range(4)] == [(0,) * 3, (128,) * 3, (255,) * 3, (128,) * 3]
    assert decode(save(Image.fromarray(np.full((2, 2), 7.5, np.float32)), "TIFF")).getpixel((0, 0)) == (0, 0, 0)


def test_what_is_transparent_is_on_white() -> None:
    image = Image.new("RGBA", (3, 1), (255, 0, 0, 255))
    image.putpixel((1, 0), (0, 0, 0, 0))
    image.putpixel((2, 0), (0, 0, 0, 128))
    found = decode(save(image, "PNG"))
    assert found.mode == "RGB"
    assert [found.getpixel((x, 0)) for x in range(2)] == [(255, 0, 0), (255, 255, 255)]
    assert near(found.getpixel((2, 0)), (127, 127, 127), 1)


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_palette_with_transparency_is_on_white(kind: str) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 0), 1)
    found = decode(save(image, kind, transparency=1))
    assert [found.getpixel((x, 0)) for x in range(2)] == [(255, 0, 0), (255, 255, 255)]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P"])
def test_other_modes(mode: str) -> None:
    assert decode(save(Image.new("RGB", (4, 4), "white").convert(mode), "PNG")).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.filterwarnings("ignore:Image size")
@pytest.mark.parametrize("size", [(50_000, 50_000), (12_000, 12_000), (PIXELS + 1, 1), (2**31 - 1, 2**31 - 1)], ids=str)
def test_a_header_that_claims_too_much_is_refused_without_decoding(size: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="too large: at most 89 million pixels") as caught:
        decode(png_header(*size))
    assert "smaller copy" in caught.value.hint


@pytest.mark.parametrize("size", [(0, 0), (5, 0)], ids=str)
def test_a_picture_without_pixels_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="damaged"):
        decode(png_header(*size))


def test_a_truncated_jpeg_is_refused() -> None:
    raw = save(noise(), "JPEG")
    with pytest.raises(InputError, match="is damaged") as caught:
        decode(raw[: len(raw) // 2])
    assert "Save it again" in caught.value.hint


@pytest.mark.parametrize("raw", [b"not a picture", b"\x89PNG", b"%!PS pretends", b"<svg></svg>", b"BMI,text\n1,a"])
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    assert not looks_like_picture(raw)
    with pytest.raises(InputError, match="is no picture, or of a kind that is not read"):
        decode(raw)
    with pytest.raises(InputError, match=r"holiday\.png cannot be used\. It is no picture"):
        read_bytes(raw, "holiday.png")


WHOLE = {kind: save(noise(), kind) for kind in FORMATS if kind != "TIFF"}  # libtiff would write to the screen
WHOLE["moving GIF"] = save(noise(), "GIF", save_all=True, append_images=[noise(60, 50).rotate(90), noise()])


@settings(max_examples=150)
@given(st.sampled_from(sorted(WHOLE)), st.floats(0, 1, exclude_max=True), st.sampled_from([None, 16]))
def test_a_picture_cut_off_anywhere_opens_or_is_told(kind: str, share: float, side: int | None) -> None:
    raw = WHOLE[kind][: int(share * len(WHOLE[kind]))]
    with contextlib.suppress(InputError):
        assert decode(raw, side).mode == "RGB"


@settings(max_examples=150)
@given(st.sampled_from(sorted(WHOLE)), st.lists(st.tuples(st.integers(0, 120), st.integers(0, 255)), min_size=1))
def test_a_picture_with_wrong_bytes_opens_or_is_told(kind: str, wrong: list[tuple[int, int]]) -> None:
    raw = bytearray(WHOLE[kind])
    for place, byte in wrong:
        raw[place] = byte
    with contextlib.suppress(InputError):
        assert looks_like_picture(thumbnail(Picture.from_bytes(bytes(raw)), 16))


@pytest.mark.parametrize(("size", "expected"), [((300, 150), (64, 32)), ((150, 300), (32, 64)), ((64, 9), (64, 9))])
def test_a_thumbnail_is_webp_no_longer_than_asked(size: tuple[int, int], expected: tuple[int, int]) -> None:
    small = Image.open(io.BytesIO(thumbnail(Picture.from_bytes(save(noise(*size), "PNG")), 64)))
    assert (small.format, small.size) == ("WEBP", expected)


def test_a_tiny_picture_is_enlarged_with_square_pixels() -> None:
    tiny = noise(8, 5)
    large = decode(thumbnail(Picture.from_bytes(save(tiny, "PNG")), 50))
    np.testing.assert_array_equal(np.asarray(large), np.asarray(tiny).repeat(6, axis=0).repeat(6, axis=1))


@pytest.mark.parametrize("mode", ["CMYK", "F", "I", "HSV", "YCbCr", "LAB", "1", "P", "LA", "RGBA", "I;16"])
def test_a_pil_image_of_any_mode_becomes_png(mode: str) -> None:
    loaded = load([Image.new(mode, (4, 3)), Image.new("RGB", (5, 5))])
    assert loaded.table[["width", "height"]].to_numpy().tolist() == [[4, 3], [5, 5]]


def test_a_pil_image_is_turned_upright_and_a_damaged_one_told() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    raw = save(corners().transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif)
    assert near(decode(encoded(Image.open(io.BytesIO(raw)))).getpixel((5, 5)), (255, 0, 0))
    half = save(noise(), "JPEG")
    with pytest.raises(InputError, match="is damaged"):
        load([Image.open(io.BytesIO(half[: len(half) // 2]))])


@pytest.mark.parametrize("size", [(9000, 10), (3, 4000), (5, 5), (300, 200)])
def test_a_tile_is_square_whatever_the_picture(size: tuple[int, int]) -> None:
    square = tile(Picture.from_bytes(picture_bytes(Image.new("RGB", size, "red"))), 96)
    assert square.size == (96, 96)
    assert (255, 0, 0) in {color for _, color in square.getcolors() or []}
