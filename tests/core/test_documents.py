"""Long documents: passages with their document, heading and page; no text is lost, and nothing on a page is run."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import packed
from hypothesis import given, settings
from hypothesis import strategies as st
from made_documents import pdf

import embeddings_core as ec
from embeddings_core.errors import InputError
from embeddings_core.readers import load, read_bytes
from embeddings_core.readers.passages import LONGEST, Block, Document, passages_of

SENTENCE = "Here is a sentence that says a little about bridges and rivers. "
LONG = (SENTENCE * 40).strip()


def words(text: str) -> list[str]:
    return text.split()


@settings(max_examples=200)
@given(st.lists(st.text(st.sampled_from("ab .!?\n。x"), max_size=3_000), max_size=6))
def test_no_text_is_lost_and_no_passage_is_long(texts: list[str]) -> None:
    if not any(text.strip() for text in texts):
        return
    loaded = passages_of([Document("a", [Block(text) for text in texts])], "a")
    found = loaded.table["text"].tolist()
    assert "".join("".join(found).split()) == "".join("".join(texts).split())
    assert all(0 < len(text) <= LONGEST + 2 * len(texts) for text in found)


def test_paragraphs_are_put_together_and_long_ones_cut_at_sentences() -> None:
    short = "One line.\n\nAnother one.\n\n" + LONG
    loaded = ec.load([io.BytesIO(short.encode())], "a.md")
    texts = loaded.dataset().items
    assert str(texts[0]).startswith("One line.\n\nAnother one.\n\nHere is")
    assert all(text.endswith("rivers.") for text in texts)  # type: ignore[union-attr]
    assert all(800 < len(text) <= LONGEST for text in texts[1:-1])  # type: ignore[arg-type]
    assert words(" ".join(map(str, texts))) == words(short)


MARKDOWN = f"""Before any heading.

# Bridges #

Some words on bridges.

```
# no heading
```

## Old

{SENTENCE}

Under a line
------------

Last words.

# Alone
"""


def test_markdown_has_headings() -> None:
    table = read_bytes(MARKDOWN.encode(), "guide.md").table
    assert table[["heading", "passage"]].to_numpy().tolist() == [
        ["", 1], ["Bridges", 2], ["Bridges › Old", 3], ["Bridges › Under a line", 4], ["Alone", 5],
    ]  # fmt: skip
    assert table["text"].tolist() == [
        "Before any heading.", "Some words on bridges.\n\n```\n# no heading\n```", SENTENCE.strip(),
        "Last words.", "Alone",
    ]  # fmt: skip
    assert table["document"].unique().tolist() == ["guide.md"]


HTML = b"""<!doctype html><html><head><title>Never seen</title><style>p { color: red }</style></head><body>
<nav><a href="/">Home</a><ul><li>Menu</ul></nav><header>A site</header>
<h1>Rivers &amp; <i>lakes</i></h1><p>First <b>bold</b> words.<br>A new line.</p><script>alert('x < y')</script>
<h2>Long</h2><div>Text in a div<p>and a paragraph</div><pre>  two
  lines</pre><table><tr><td>one</td><td>two</td></tr></table>
<!-- a comment --><template>unseen</template><noscript>unseen</noscript><img src=x onerror=alert(1) alt="no">
<h3>Empty</h3><footer>Imprint</footer></body></html>"""


def test_html_is_what_a_reader_sees() -> None:
    table = read_bytes(HTML, "page.html").table
    assert table[["heading", "text"]].to_numpy().tolist() == [
        ["", "A site"],
        ["Rivers & lakes", "First bold words.\nA new line."],
        ["Rivers & lakes › Long", "Text in a div\n\nand a paragraph\n\n  two\n  lines\n\none two"],
        ["Rivers & lakes › Long › Empty", "Empty"],
    ]


@pytest.mark.parametrize(
    "raw",
    [b"<nav>" * 20_000 + b"</nav>" * 20_000 + b"seen", b"<h1>x</h1>" * 20_000,
     b"<a " * 20_000 + b"x", b"<!--" * 20_000 + b"x",
     b"<p>open <b>and <i>never closed", b"<" * 5_000, b"<p>" * 5_000 + b"deep", b"<!DOCTYPE [<!ENTITY a 'x'>]>&a; text",
     b"<script>" + b"x" * 5_000 + b"</script>seen", b"</p></div></nav>text", b"a\0b<p>c"],
)  # fmt: skip
def test_broken_html_is_read_or_told(raw: bytes) -> None:
    with suppress(InputError):
        assert read_bytes(raw, "a.htm").dataset().items


@pytest.mark.parametrize("raw", [b"# " + b" " * 200_000 + b"x", b"# x\n" * 20_000, b"x\n---\n" * 20_000])
def test_odd_markdown_takes_no_longer_than_its_length(raw: bytes) -> None:
    assert len(read_bytes(raw, "a.md").table) > 0


def test_html_without_the_tags_that_may_be_left_out() -> None:
    raw = b"<head><meta charset=utf-8><title>unseen</title><h1>One</h1><form action=x><p>In a form</form><h1>One</h1>"
    table = read_bytes(raw, "a.html").table
    assert table[["heading", "text"]].to_numpy().tolist() == [["One", "In a form\n\nOne"]]


def test_html_in_the_encoding_that_it_names() -> None:
    raw = '<meta charset="iso-8859-5"><p>Привет, мир'.encode("iso-8859-5")
    assert read_bytes(raw, "a.html").dataset().items == ["Привет, мир"]


def test_pdf_has_pages_and_headings_of_its_outline() -> None:
    pages = ["A title page.", "First chapter begins.\nIt goes on.", "Still the first.", "The second one."]
    raw = pdf(pages, [("One", 1, None), ("One and a half", 2, 0), ("Two", 3, None)])
    loaded = read_bytes(raw, "book.pdf")
    assert (loaded.guess, loaded.kinds) == ("text", ("text",))
    assert loaded.table[["page", "heading", "text"]].to_numpy().tolist() == [
        [1, "", pages[0]], [2, "One", pages[1]], [3, "One › One and a half", pages[2]], [4, "Two", pages[3]],
    ]  # fmt: skip
    assert read_bytes(raw, "book.txt").notes[0].startswith("The name ends in .txt")


def test_pdf_pages_without_text_are_told() -> None:
    loaded = read_bytes(pdf(["", "Words.", ""]), "a.pdf")
    assert loaded.table["page"].tolist() == [2]
    assert "2 pages have no text." in loaded.notes


def refused(raw: bytes, name: str, match: str) -> str:
    with pytest.raises(InputError, match=match) as caught:
        read_bytes(raw, name)
    assert caught.value.hint
    return caught.value.hint


def test_hostile_pdf() -> None:
    assert "OCR" in refused(pdf(["", ""]), "a.pdf", "no text: its pages are pictures")
    assert "without a password" in refused(pdf(["secret"], password="x"), "a.pdf", "is encrypted")
    whole = pdf(["words"] * 3)
    refused(b"%PDF-1.7\n" + bytes(500), "a.pdf", "cannot be read as PDF")
    refused(b"no PDF at all", "a.pdf", "cannot be read as PDF")
    refused(whole[:200], "a.pdf", "cannot be read as PDF|no text")
    for at in range(60, len(whole), 97):  # damage anywhere is read or told
        broken = whole[:at] + b"\xff\xfe<<>>" + whole[at + 6 :]
        with suppress(InputError):
            assert read_bytes(broken, "a.pdf").table["text"].tolist()


def test_a_pdf_that_its_owner_protects_from_printing_only_can_be_read() -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(pdf(["open words"]))))
    writer.encrypt("", owner_password="owner", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    assert read_bytes(buffer.getvalue(), "a.pdf").dataset().items == ["open words"]


def test_several_documents_become_one_table(tmp_path: Path) -> None:
    files = {
        "a.pdf": pdf(["A page."]), "b/two.md": b"# Two\n\nWords.", "c.html": b"<p>Seen", "d.txt": b"Plain.\n\nText.",
        "e.pdf": b"%PDF-1.7 damaged",
    }  # fmt: skip
    for name, raw in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(raw)
    uploads = [io.BytesIO(raw) for raw in files.values()]
    for upload, name in zip(uploads, files, strict=True):
        upload.name = name  # type: ignore[attr-defined]
    for way in (tmp_path, packed(files), uploads):
        loaded = load(way, "all.zip" if isinstance(way, bytes) else None)
        found = dict(zip(loaded.table["document"], loaded.table["text"], strict=True))
        assert found["a.pdf"] == "A page."
        assert found["b/two.md"] == "Words."
        assert found["d.txt"] == "Plain.\n\nText."
        assert [name for name, _ in loaded.skipped] == ["e.pdf"]
    with pytest.raises(InputError, match="no document that can be read"):
        load(packed({"a.pdf": b"%PDF-1.7 x", "b.pdf": b"%PDF-1.7 y"}), "a.zip")


def test_a_text_is_lines_until_someone_asks_for_passages() -> None:
    prose = f"{LONG}\n\n{SENTENCE}"
    loaded = read_bytes(prose.encode(), "a.txt")
    assert list(loaded.dataset().items) == [LONG, SENTENCE.rstrip("\n")]
    assert loaded.split is not None
    passages = loaded.split()
    assert len(passages.table) == 3
    assert words(" ".join(passages.table["text"])) == words(prose)
    assert (
        list(ec.read(io.BytesIO(prose.encode()), name="a.txt", passages=True).items) == passages.table["text"].tolist()
    )
    assert read_bytes(b"late delivery\nred apple\n", "b.txt").split is None
