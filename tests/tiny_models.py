"""Small models with random but repeatable weights, saved as real ones are: the real loading code runs on them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

CLIP_CONFIG: dict[str, Any] = {
    "model_cfg": {
        "embed_dim": 32,
        "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "head_width": 32, "patch_size": 8},
        "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
    },
    "preprocess_cfg": {"mean": [0.48, 0.46, 0.41], "std": [0.27, 0.26, 0.28]},
}
WORDS = ["the", "a", "cat", "dog", "sat", "on", "mat", "bank", "river", "money", "##s", "##ing", ".", ",", "!", "?"]


def build_clip(seed: int = 0) -> Any:
    """A CLIP of two layers in each tower, and 32 numbers a vector."""
    import open_clip
    import torch

    torch.manual_seed(seed)
    return open_clip.CLIP(**CLIP_CONFIG["model_cfg"]).eval()


def save_clip(folder: Path, seed: int = 0) -> Path:
    """`build_clip` as a folder that open_clip loads: its configuration and safetensors weights."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.contiguous() for name, tensor in build_clip(seed).state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors")
    (folder / "open_clip_config.json").write_text(json.dumps(CLIP_CONFIG), encoding="utf-8")
    return folder


def save_bert(folder: Path, seed: int = 0) -> Path:
    """A BERT of two layers and 24 numbers a token, as transformers saves it."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=24, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=48, max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    return folder


def save_gpt2(folder: Path, seed: int = 0) -> Path:
    """A GPT-2 of two layers and 24 numbers a token, with a byte-level tokenizer and, as GPT-2 itself, no padding."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import GPT2Config, GPT2Model, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator([" ".join(WORDS)] * 4, trainer)
    end = "<|endoftext|>"
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=end, eos_token=end, unk_token=end, model_max_length=64
    ).save_pretrained(folder)
    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=len(tokenizer.get_vocab()), n_positions=64, n_embd=24, n_layer=2, n_head=2,
        bos_token_id=tokenizer.token_to_id(end), eos_token_id=tokenizer.token_to_id(end),
    )  # fmt: skip
    GPT2Model(config).save_pretrained(folder)
    return folder


def save_sentence_model(
    folder: Path, seed: int = 0, prompts: dict[str, str] | None = None, normalize: bool = False
) -> Path:
    """A tiny BERT with mean pooling, as sentence-transformers saves it; perhaps with prompts, or normalized."""
    from sentence_transformers import SentenceTransformer, models

    base = save_bert(folder / "base", seed)
    model = SentenceTransformer(
        str(base), device="cpu", local_files_only=True, prompts=prompts
    )  # mean pooling is its default
    if normalize:
        model.append(models.Normalize())
    model.save_pretrained(str(folder / "model"), create_model_card=False)
    return folder / "model"


def save_timm(folder: Path, architecture: str = "resnet10t", seed: int = 0, **settings: Any) -> Path:
    """A small timm model with a classifier of 7 classes, as timm saves it for the hub; `settings` are of its making."""
    import timm
    import torch

    torch.manual_seed(seed)
    model = timm.create_model(architecture, pretrained=False, num_classes=7, **settings).eval()
    timm.models.save_for_hf(model, folder, safe_serialization=True)
    return folder


def save_resnet(folder: Path, seed: int = 0) -> Path:
    """A ResNet of a few narrow blocks that reads pictures of 64 x 64 pixels."""
    config = {"input_size": (3, 64, 64), "crop_pct": 0.9, "mean": (0.4, 0.5, 0.6), "std": (0.2, 0.25, 0.3)}
    return save_timm(folder, "resnet10t", seed, channels=(8, 16, 24, 32), pretrained_cfg_overlay=config)


def save_vit(folder: Path, seed: int = 0) -> Path:
    """A vision transformer of two layers that reads pictures of 32 x 32 pixels."""
    sizes = {"img_size": 32, "patch_size": 8, "embed_dim": 48, "depth": 2, "num_heads": 4}
    return save_timm(folder, "vit_tiny_patch16_224", seed, **sizes, pretrained_cfg_overlay={"input_size": (3, 32, 32)})


def save_wav2vec2(folder: Path, seed: int = 0) -> Path:
    """A wav2vec 2.0 of two layers, and its feature extractor, as transformers saves them."""
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model

    torch.manual_seed(seed)
    config = Wav2Vec2Config(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48, conv_dim=(16, 16, 16),
        conv_stride=(5, 4, 4), conv_kernel=(10, 8, 8), num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4,
    )  # fmt: skip
    Wav2Vec2Model(config).save_pretrained(folder)
    Wav2Vec2FeatureExtractor(do_normalize=True).save_pretrained(folder)
    return folder


def save_whisper(folder: Path, seed: int = 0) -> Path:
    """A Whisper of two layers that hears 30 seconds at once."""
    import torch
    from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperModel

    torch.manual_seed(seed)
    config = WhisperConfig(
        vocab_size=50, d_model=16, encoder_layers=2, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, max_target_positions=16, pad_token_id=0,
        bos_token_id=1, eos_token_id=2, decoder_start_token_id=1, suppress_tokens=None, begin_suppress_tokens=None,
    )  # fmt: skip
    WhisperModel(config).save_pretrained(folder)
    WhisperFeatureExtractor().save_pretrained(folder)
    return folder


def save_ast(folder: Path, seed: int = 0) -> Path:
    """An audio spectrogram transformer of two layers that hears 1 second at once."""
    import torch
    from transformers import ASTConfig, ASTFeatureExtractor, ASTModel

    torch.manual_seed(seed)
    config = ASTConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, max_length=100,
        num_mel_bins=32,
    )  # fmt: skip
    ASTModel(config).save_pretrained(folder)
    ASTFeatureExtractor(max_length=100, num_mel_bins=32).save_pretrained(folder)
    return folder


def save_keras(path: Path, seed: int = 0) -> Path:
    """The weights of a MobileNetV3Small, without its classifier; larger than Keras makes them at random, so that
    after many layers something is left."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    keras.utils.set_random_seed(seed)
    model = keras.applications.MobileNetV3Small(
        include_top=False, weights=None, pooling="avg", input_shape=(224, 224, 3)
    )
    model.set_weights([2.8 * part if part.ndim == 4 else part for part in model.get_weights()])
    model.save_weights(path)
    return path
