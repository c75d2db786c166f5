"""Sounds by their spectrum: what is louder, higher and more restless shows in the numbers where it should."""

from __future__ import annotations

import numpy as np
import pytest
from made import tone

from embeddings_core.encoders import get_encoder, voices
from embeddings_core.encoders._loading import digest
from embeddings_core.encoders._mel import mel_filters, mel_powers
from embeddings_core.encoders.mel import BANDS, RATE
from embeddings_core.errors import InputError, ModelUnavailable
from embeddings_core.sounds import Sound

GOLDEN = {178: 0.260107, 49: 0.25988, 188: 0.23257, 10: 0.219679, 127: 0.200271, 125: 0.178998}


class TestMel:
    def test_a_tone_is_loudest_in_the_band_of_its_pitch(self):
        filters = mel_filters(RATE, 1024, BANDS)
        frequencies = np.fft.rfftfreq(1024, 1 / RATE)
        for pitch in (150, 440, 1000, 3000):
            band = int(get_encoder("mel").encode([tone(pitch)])[0, :BANDS].argmax())
            heard = frequencies[filters[band] > 0]
            assert heard.min() <= pitch <= heard.max()

    def test_a_softer_copy_is_the_same_unless_loudness_counts(self):
        loud, soft = tone(440, loud=0.5), tone(440, loud=0.005)
        same = get_encoder("mel").encode([loud, soft])
        np.testing.assert_allclose(same[0], same[1], atol=1e-3)
        differ = get_encoder("mel?loudness=True").encode([loud, soft])
        np.testing.assert_allclose(differ[0, :BANDS] - differ[1, :BANDS], 40, atol=1e-2)

    def test_the_rate_of_a_file_matters_little(self):
        one, other = get_encoder("mel").encode([tone(440, rate=16_000), tone(440, rate=48_000)])
        assert abs(int(one[:BANDS].argmax()) - int(other[:BANDS].argmax())) == 0

    def test_what_changes_has_a_larger_deviation(self):
        steady = tone(440, 1.0).samples(RATE)
        pulsed = steady * (np.arange(len(steady)) // 4000 % 2)
        deviations = [
            (10 * np.log10(np.maximum(mel_powers(samples, RATE, 1024, 512, BANDS), 1e-6))).std(axis=0).max()
            for samples in (steady, pulsed)
        ]
        assert deviations[1] > 2 * deviations[0]

    def test_silence_and_nothing_are_sounds(self):
        vectors = get_encoder("mel").encode([tone(440, loud=0), tone(440, 0)])
        np.testing.assert_array_equal(vectors, 0)

    def test_power_is_that_of_the_signal(self):
        """White noise of variance 1: each frequency of a Hann window has 3/8 of the window's length."""
        noise = np.random.default_rng(0).normal(size=RATE * 20).astype(np.float32)
        filters = mel_filters(RATE, 400, 20)
        expected = 400 * 3 / 8 * filters.sum(axis=1)
        found = mel_powers(noise, RATE, 400, 160, 20)[2:-2].mean(axis=0)
        np.testing.assert_allclose(found, expected, rtol=0.1)

    def test_a_long_sound_is_the_same_as_its_parts(self):
        samples = np.random.default_rng(1).normal(size=RATE * 90).astype(np.float32)
        whole = mel_powers(samples, RATE, 400, 160, 40)
        assert whole.shape == (1 + len(samples) // 160, 40)
        part = mel_powers(samples[: 160 * 2200], RATE, 400, 160, 40)
        np.testing.assert_allclose(whole[2100:2190], part[2100:2190], rtol=1e-5)


def test_what_is_no_sound_says_so():
    with pytest.raises(InputError):
        get_encoder("mel").encode([Sound.from_bytes(b"no sound")])


class TestVoices:
    """The loading code runs on a small file of weights with the shapes of the package's."""

    @pytest.fixture(autouse=True)
    def weights(self, tmp_path, monkeypatch):
        import torch

        torch.manual_seed(0)
        lstm, linear = torch.nn.LSTM(40, 256, 3, batch_first=True), torch.nn.Linear(256, 256)
        state = {f"lstm.{name}": value for name, value in lstm.state_dict().items()}
        state |= {f"linear.{name}": value for name, value in linear.state_dict().items()}
        path = tmp_path / "pretrained.pt"
        torch.save({"step": 1, "model_state": state | {"similarity_bias": torch.zeros(1)}}, path)
        monkeypatch.setattr(voices, "_weights", lambda: path)
        monkeypatch.setattr(voices, "SHA256", digest(path))
        self.lstm, self.linear, self.path = lstm, linear, path

    def test_a_voice_is_the_mean_of_its_parts(self):
        import torch

        sound = tone(200, 4.0, noise=0.3)
        found = voices.VoiceEncoder().encode([sound])[0]
        parts, start, samples = [], 0, sound.samples(16_000)
        while start == 0 or start * 160 + 0.75 * 25_600 <= len(samples):
            powers = mel_powers(np.pad(samples, (0, 25_600)), 16_000, 400, 160, 40)[start : start + 160]
            with torch.no_grad():
                _, (hidden, _) = self.lstm(torch.from_numpy(powers[None]))
                part = torch.relu(self.linear(hidden[-1]))[0].numpy()
            parts.append(part / np.linalg.norm(part))
            start += 77
        mean = np.mean(parts, axis=0)
        assert len(parts) > 2
        np.testing.assert_allclose(found, mean / np.linalg.norm(mean), atol=1e-5)

    def test_soft_recordings_are_made_louder_and_silence_stays_zero(self):
        one, other, nothing = voices.VoiceEncoder().encode(
            [tone(200, loud=0.02), tone(200, loud=0.0002), tone(200, loud=0)]
        )
        np.testing.assert_allclose(one, other, atol=1e-4)
        assert np.isfinite(nothing).all()

    def test_another_file_of_weights_is_refused(self):
        self.path.write_bytes(self.path.read_bytes() + b"more")
        with pytest.raises(ModelUnavailable, match="not the file that was published"):
            voices.VoiceEncoder().encode([tone(200)])


@pytest.mark.model
@pytest.mark.skipif(not all(need.here for need in voices.SPEC.needs), reason="the package of weights is optional")
def test_voices_equal_resemblyzer():
    """Its largest numbers, as Resemblyzer 0.1.4 with librosa 0.11.0 gives them for the same samples."""
    vector = voices.VoiceEncoder().encode([tone(200, 3.0, noise=0.3)])[0]
    np.testing.assert_allclose(vector[list(GOLDEN)], list(GOLDEN.values()), atol=1e-5)
