"""From bytes to text: byte order marks, UTF-8, UTF-16 without a mark, else Windows-1252."""

from __future__ import annotations

import codecs
import re

from ..errors import InputError

_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 65_536
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_FOREIGN_SHARE = 0.02  # of control characters, from which on it is no text


def decode(raw: bytes, name: str) -> tuple[str, list[str]]:
    """The text in `raw`, and a note on whatever was not plain UTF-8. Raises InputError for binary data."""
    text, notes = _decode(raw)
    zeros = text.count("\0")
    if zeros:
        text = text.replace("\0", "")
        notes.append(f"{zeros:,} NUL characters were removed.")
    sample = text[:_SAMPLE]
    if zeros > len(text) / 10 or _foreign(sample):
        raise InputError(f"{name} holds binary data, not text.", "Bring a text, table, picture or zip file.")
    return text, notes


def _foreign(text: str) -> bool:
    return len(_CONTROL.findall(text)) > max(2, _FOREIGN_SHARE * len(text))


def _decode(raw: bytes) -> tuple[str, list[str]]:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _marked(raw[len(mark) :], encoding)
    text, notes = _unmarked(raw.removeprefix(codecs.BOM_UTF8))
    return text.lstrip("\ufeff"), notes  # files put together may have several marks


def _unmarked(raw: bytes) -> tuple[str, list[str]]:
    if order := _utf16_order(raw):
        return raw[: len(raw) // 2 * 2].decode(order, "replace"), ["Read as UTF-16."]
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError as error:
        return _not_quite_utf8(raw, error)


def _marked(raw: bytes, encoding: str) -> tuple[str, list[str]]:
    label = encoding[:6].upper()
    text = raw.decode(encoding, "replace")
    bad = text.count("\ufffd")
    return text, [f"Read as {label}."] + ([f"{bad:,} characters could not be decoded."] if bad else [])


def _utf16_order(raw: bytes) -> str:
    """The encoding of UTF-16 without a mark: its NUL bytes lie on one side, "" when it is something else."""
    sample = raw[:_SAMPLE]
    low, high = sample[::2].count(0), sample[1::2].count(0)
    if low + high == 0:
        return ""
    order = "utf-16-le" if high > low else "utf-16-be"
    if min(low, high) > 0.02 * max(low, high):
        return ""
    if low + high >= len(sample) / 10:
        return order
    # few NULs: a stray one in UTF-8, or UTF-16 in another script than Latin, which UTF-8 seldom fits
    try:
        sample[: len(sample) // 2 * 2].decode(order)
        return order if _foreign(sample.decode("utf-8").replace("\0", "")) else ""
    except UnicodeDecodeError as error:
        return order if error.encoding == "utf-8" and error.start < len(sample) - 4 else ""


def _not_quite_utf8(raw: bytes, error: UnicodeDecodeError) -> tuple[str, list[str]]:
    text = raw[: error.start].decode("utf-8")
    # all else being ASCII, it is rather a last letter in Latin-1
    if error.start >= len(raw) - 3 and error.reason == "unexpected end of data" and not text.isascii():
        return text, ["The file ends in the middle of a character; that one was left out."]
    text = raw.decode("utf-8", _FALLBACK)
    strict = raw.decode("utf-8", "ignore")
    if strict.isascii():
        note = "Read as Windows-1252 (Latin-1), because it is not UTF-8. If letters look wrong, save it as UTF-8."
    else:
        # what was read one byte a character is what "ignore" leaves out
        note = f"{len(text) - len(strict):,} characters that are not UTF-8 were read as Windows-1252."
    return text, [note]


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(_WINDOWS[byte] for byte in bad), error.end


_FALLBACK = "embeddings_core.windows_1252"
# five bytes mean nothing in Windows-1252: there Latin-1 answers
_WINDOWS = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]
codecs.register_error(_FALLBACK, _as_windows)
