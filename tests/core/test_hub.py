"""The hub is found quickly or not at all, and what it gives is pinned, complete and free of pickles."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fake_hub import COMMIT, FakeHub, serving
from tiny_models import save_clip, save_sentence_model

from embeddings_core import hub
from embeddings_core.encoders import get_encoder
from embeddings_core.errors import ModelUnavailable, ParameterError


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache, nothing remembered, and no settings or proxies of this computer."""
    for name in ("HF_ENDPOINT", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HOME", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(hub, "_answers", {})


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A repository's files, some of which must never be fetched."""
    folder = tmp_path / "repository"
    (folder / "onnx").mkdir(parents=True)
    for name in ("model.safetensors", "config.json", "pytorch_model.bin", "code.py", "onnx/config.json"):
        (folder / name).write_text(name)
    return folder


@pytest.fixture
def served(files: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with serving(FakeHub({"org/model": files})) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


class TestReachable:
    def test_a_hub_that_answers(self, served):
        assert hub.reachable()

    def test_the_answer_is_remembered(self, served):
        assert [hub.reachable() for _ in range(5)] == [True] * 5
        assert len(served.asked) == 1

    def test_nobody_at_that_address(self, monkeypatch):
        with serving(FakeHub({})) as server:
            monkeypatch.setenv("HF_ENDPOINT", server.url)
        assert not hub.reachable()

    @pytest.mark.parametrize("value", ["1", "true", "YES"])
    def test_offline_by_setting_asks_nobody(self, served, monkeypatch, value):
        monkeypatch.setenv("HF_HUB_OFFLINE", value)
        assert not hub.reachable()
        assert served.asked == []

    @pytest.mark.parametrize(("status", "answer"), [(200, True), (404, True), (403, False), (502, False)])
    def test_what_a_status_means(self, monkeypatch, status, answer):
        with serving(FakeHub({}, status)) as server:
            monkeypatch.setenv("HF_ENDPOINT", server.url)
            assert hub.reachable() is answer

    def test_a_proxy_is_used(self, monkeypatch):
        with serving(FakeHub({})) as proxy:
            monkeypatch.setenv("http_proxy", proxy.url)
            monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
            assert hub.reachable()
        assert proxy.asked == ["HEAD http://hub.invalid"]

    def test_a_name_server_that_hangs_does_not_hang_us(self, monkeypatch):
        release = threading.Event()
        monkeypatch.setattr(hub, "_ask", lambda url, seconds: release.wait(60))
        assert not hub.reachable(seconds=0.05)
        release.set()

    def test_an_address_that_is_none(self, monkeypatch):
        monkeypatch.setenv("HF_ENDPOINT", "not an address")
        assert not hub.reachable()


class TestDownload:
    def test_only_what_is_needed_comes(self, served):
        folder = hub.download("org/model", hub.revision("org/model"))
        found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert found == {"model.safetensors", "config.json"}
        assert folder.name == COMMIT

    def test_cached_once_it_is_here(self, served, monkeypatch):
        assert not hub.cached("org/model")
        folder = hub.download("org/model", hub.revision("org/model"))
        assert hub.cached("org/model")
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        assert hub.revision("org/model") == COMMIT
        assert hub.download("org/model", COMMIT) == folder

    def test_a_lost_file_is_fetched_again(self, served):
        folder = hub.download("org/model", COMMIT)
        (folder / "config.json").unlink()
        assert (hub.download("org/model", COMMIT) / "config.json").read_text() == "config.json"

    def test_pickles_alone_are_refused(self, served, files):
        (files / "model.safetensors").unlink()
        with pytest.raises(ModelUnavailable, match="safetensors") as caught:
            hub.download("org/model", hub.revision("org/model"))
        assert "never loaded" in caught.value.hint

    def test_unknown_model(self, served):
        with pytest.raises(ModelUnavailable, match="org/other"):
            hub.revision("org/other")

    def test_no_hub_says_what_works_without(self, monkeypatch):
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        with pytest.raises(ModelUnavailable, match="org/model") as caught:
            hub.revision("org/model")
        assert all(name in caught.value.hint for name in ("minilm", "imagenet", "pixels"))

    @pytest.mark.parametrize("name", ["../../etc", "/no/such/folder", "org/", "a/b/c", "org/model\n"])
    def test_what_is_no_name(self, name):
        with pytest.raises(ModelUnavailable, match="neither a folder"):
            hub.revision(name)


def test_errors_of_libraries_become_one_line():
    with pytest.raises(ModelUnavailable) as caught, hub.explained("The model"):
        raise OSError("\n  first line \nsecond line")
    assert caught.value.message == "The model could not be loaded: first line."
    with pytest.raises(ParameterError), hub.explained("The model"):
        raise ParameterError("as it is")


def test_a_library_fails_at_once_without_a_hub(monkeypatch):
    from huggingface_hub import constants, get_session

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(hub, "reachable", lambda: False)
    with hub.local_only():
        with hub.local_only():
            assert constants.is_offline_mode()
        with pytest.raises(ConnectionError):
            get_session().get("http://127.0.0.1:9/")
    assert not constants.is_offline_mode()


class TestRefusals:
    """Each cause has its own message, and a hint that says what to do about it."""

    @pytest.mark.parametrize(
        ("status", "code", "said", "hint"),
        [
            (403, "GatedRepo", "is gated", "HF_TOKEN"),
            (404, "RepoNotFound", "no model org/model", "spelling"),
            (401, "RepoNotFound", "that everyone may see", "private"),
            (401, "", "who asks for org/model", "HF_TOKEN"),
            (403, "", r"refuses org/model \(403\)", "proxy"),
            (404, "RevisionNotFound", "not in this version", "https://huggingface.co/org/model"),
            (429, "", "too often", "Wait"),
            (503, "", r"in trouble \(503\)", "Try again later"),
        ],
    )
    def test_what_the_hub_answers(self, served, monkeypatch, status, code, said, hint):
        monkeypatch.delenv("HF_TOKEN", raising=False)
        served.refused["org/model"] = (status, code)
        with pytest.raises(ModelUnavailable, match=said) as caught:
            hub.revision("org/model")
        assert hint in caught.value.hint

    def test_a_token_that_is_refused(self, served, monkeypatch):
        monkeypatch.setenv("HF_TOKEN", "hf_not_a_token")
        served.refused["org/model"] = (401, "")
        with pytest.raises(ModelUnavailable, match="token"):
            hub.revision("org/model")

    @pytest.mark.parametrize(
        ("error", "said", "hint"),
        [
            (OSError(errno.ENOSPC, "No space left on device"), "disk is full", "HF_HOME"),
            (OSError(errno.EROFS, "Read-only file system"), "cannot be written", "HF_HOME"),
            (ConnectionResetError("reset"), "broke off", "what has arrived is kept"),
            (TimeoutError("timed out"), "broke off", "Try again"),
            (ValueError("strange\nthing"), "could not be fetched: download failed", "name"),
        ],
    )
    def test_what_breaks_while_files_are_fetched(self, served, monkeypatch, error, said, hint):
        import huggingface_hub

        def broken(*_: object, **__: object) -> str:
            raise RuntimeError("download failed") from error

        monkeypatch.setattr(huggingface_hub, "snapshot_download", broken)
        with pytest.raises(ModelUnavailable, match=said) as caught:
            hub.download("org/model", COMMIT)
        assert hint in caught.value.hint

    def test_a_hub_that_went_away(self, monkeypatch):
        with serving(FakeHub({})) as server:
            monkeypatch.setenv("HF_ENDPOINT", server.url)
            assert hub.reachable()
        with pytest.raises(ModelUnavailable, match="broke off"):  # within the minute that the answer is remembered
            hub.revision("org/model")


class TestCode:
    @pytest.mark.parametrize(("value", "allowed"), [("", False), ("0", False), ("1", True), ("true", True)])
    def test_only_a_setting_allows_it(self, monkeypatch, value, allowed):
        monkeypatch.setenv(hub.CODE, value)
        assert hub.code_allowed() is allowed

    def test_code_is_fetched_only_where_it_is_allowed(self, served, monkeypatch):
        folder = hub.download("org/model", COMMIT)
        assert not (folder / "code.py").exists()
        monkeypatch.setenv(hub.CODE, "1")
        assert (hub.download("org/model", COMMIT) / "code.py").exists()


@pytest.mark.model
class TestModelsFromAHub:
    def test_sentence_model(self, tmp_path, monkeypatch):
        folder = save_sentence_model(tmp_path / "bert")
        (folder / "README.md").write_text("---\nlicense: mit\nlanguage: de\n---\n")
        with serving(FakeHub({"org/bert": folder})) as server:
            monkeypatch.setenv("HF_ENDPOINT", server.url)
            encoder = get_encoder.__wrapped__("org/bert")
            assert (encoder.spec.license, encoder.spec.languages) == ("see its page", "")
            vectors = encoder.encode(["the cat sat", "river bank"])
        np.testing.assert_array_equal(vectors, get_encoder(str(folder)).encode(["the cat sat", "river bank"]))
        assert (encoder.spec.license, encoder.spec.languages) == ("mit", "German")
        again = get_encoder.__wrapped__("minilm:org/bert")  # the hub is gone, the files are here
        assert again.fingerprint == encoder.fingerprint
        np.testing.assert_allclose(again.encode(["the cat sat"]), vectors[:1], atol=1e-6)

    def test_clip_by_architecture_and_tag(self, tmp_path, monkeypatch):
        folder = save_clip(tmp_path / "clip")
        with serving(FakeHub({"laion/CLIP-ViT-B-16-laion2B-s34B-b88K": folder})) as server:
            monkeypatch.setenv("HF_ENDPOINT", server.url)
            encoder = get_encoder.__wrapped__("clip:ViT-B-16/laion2b_s34b_b88k")
            vectors = encoder.encode(["a cat"])
        np.testing.assert_array_equal(vectors, get_encoder(str(folder)).encode(["a cat"]))
