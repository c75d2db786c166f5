"""Small models with random but repeatable weights, saved as real ones are: the real loading code runs on them."""

from __future__ import annotations

import json
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


def save_sentence_model(folder: Path, seed: int = 0) -> Path:
    """A BERT of two layers with mean pooling and no normalization, as sentence-transformers saves it."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    base = folder / "base"
    base.mkdir(parents=True, exist_ok=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz", *WORDS]
    (base / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(str(base / "vocab.txt")).save_pretrained(base)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=24, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=48, max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(base)
    model = SentenceTransformer(str(base), device="cpu", local_files_only=True)  # mean pooling is its default
    model.save_pretrained(str(folder / "model"), create_model_card=False)
    return folder / "model"
