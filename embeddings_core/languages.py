"""Which languages texts are in: a guess by py3langid, which is told apart from not knowing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from .encoders._loading import plain

SURE = 0.5
"""Confidence from which a guess counts; on everyday sentences of ten languages no such guess was wrong."""
_READ = 1_000  # characters of a text that are looked at
_NAMES = """
af Afrikaans|am Amharic|ar Arabic|as Assamese|az Azerbaijani|be Belarusian|bg Bulgarian|bn Bengali|br Breton|
bs Bosnian|ca Catalan|cs Czech|cy Welsh|da Danish|de German|el Greek|en English|eo Esperanto|es Spanish|et Estonian|
eu Basque|fa Persian|fi Finnish|fr French|fy Frisian|ga Irish|gd Scottish Gaelic|gl Galician|gu Gujarati|ha Hausa|
he Hebrew|hi Hindi|hr Croatian|ht Haitian Creole|hu Hungarian|hy Armenian|id Indonesian|ig Igbo|is Icelandic|
it Italian|ja Japanese|jv Javanese|ka Georgian|kk Kazakh|km Khmer|kn Kannada|ko Korean|ku Kurdish|ky Kyrgyz|
la Latin|lb Luxembourgish|lo Lao|lt Lithuanian|lv Latvian|mg Malagasy|mk Macedonian|ml Malayalam|mn Mongolian|
mr Marathi|ms Malay|mt Maltese|my Burmese|ne Nepali|nl Dutch|nn Norwegian Nynorsk|no Norwegian|oc Occitan|or Odia|
pa Punjabi|pl Polish|ps Pashto|pt Portuguese|qu Quechua|ro Romanian|ru Russian|sa Sanskrit|si Sinhala|sk Slovak|
sl Slovenian|so Somali|sq Albanian|sr Serbian|sv Swedish|sw Swahili|ta Tamil|te Telugu|tg Tajik|th Thai|tk Turkmen|
tl Tagalog|tr Turkish|tt Tatar|ug Uyghur|uk Ukrainian|ur Urdu|uz Uzbek|vi Vietnamese|xh Xhosa|yo Yoruba|
yue Cantonese|zh Chinese|zu Zulu
"""
NAMES = dict(entry.strip().split(" ", 1) for entry in _NAMES.replace("\n", "").split("|"))
"""English names of languages by their ISO 639 code."""
_NONE = "zxx"  # what the detector calls a text without a language


def guess_languages(texts: Sequence[str]) -> Iterator[str]:
    """The English name of each text's language (or its ISO 639 code), "" where it cannot be told: too short, a number,
    a formula."""
    model = _model()
    for text in texts:
        code, confidence = model.classify(plain(text[:_READ]))
        yield NAMES.get(code, code) if confidence >= SURE and code != _NONE else ""


@lru_cache(maxsize=1)
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
