"""Writes the pack: models/mini/t2i in the layout of Stable Diffusion 1.x, models/mini/clip in CLIP's split layout.

    python3 export_onnx.py --work ../../.cache/mini --pack ../mini

CLIP is written twice: split into vision_model.onnx and text_model.onnx, and merged, as model.onnx, the whole of it in
one graph with the same weights.
"""
import argparse
import io
import json
import os
import shutil

import numpy as np
import onnx
import onnx.numpy_helper
import torch
import torch.nn as nn

import autoencoder
import clipnet
import compose
import diffusion
import unet as denoiser
from bpe import Tokenizer
from textencoder import TextEncoder

OPSET = 14
SMALL = 256  # tensors of fewer values stay float32: they are scales and shifts, and weigh nothing


class Decoded(nn.Module):
    """latent_sample to a picture cut off at -1 and 1."""

    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, latent_sample):
        return self.decoder(latent_sample).clamp(-1, 1)


class Text(nn.Module):
    def __init__(self, clip):
        super().__init__()
        self.clip = clip

    def forward(self, input_ids):
        return self.clip.text(input_ids)


class Merged(nn.Module):
    """Image-text pairs in CLIP's order of outputs. The mask is taken and not needed: padding is the end token."""

    def __init__(self, clip):
        super().__init__()
        self.clip = clip

    def forward(self, input_ids, attention_mask, pixel_values):
        ids = torch.where(attention_mask > 0, input_ids, torch.full_like(input_ids, self.clip.words.end))
        text, image = self.clip.text(ids), self.clip.image(pixel_values)
        scores = image @ text.t() * self.clip.scale()
        return scores, scores.t(), text, image


def halved(model):
    """Weights stored as float16, each with a cast to float32 behind it: half the size, the same arithmetic."""
    kept, casts = [], []
    for tensor in model.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size >= SMALL:
            stored = onnx.numpy_helper.from_array(values.astype(np.float16), tensor.name + ".half")
            casts.append(onnx.helper.make_node("Cast", [stored.name], [tensor.name], to=onnx.TensorProto.FLOAT))
            kept.append(stored)
        else:
            kept.append(tensor)
    nodes = casts + list(model.graph.node)
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept)
    model.graph.node.extend(nodes)
    return model


def write(module, examples, inputs, outputs, dynamic, path):
    """Exports one graph, halves and checks it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    graph = io.BytesIO()
    torch.onnx.export(module.eval().float(), examples, graph, input_names=inputs, output_names=outputs,
                      dynamic_axes=dynamic, opset_version=OPSET)
    model = halved(onnx.load_from_string(graph.getvalue()))
    onnx.checker.check_model(model)
    onnx.save(model, path)


def write_json(value, *path):
    os.makedirs(os.path.dirname(os.path.join(*path)), exist_ok=True)
    with open(os.path.join(*path), "w", encoding="utf8") as file:
        json.dump(value, file, indent=2)
        file.write("\n")


def load_diffusion(work, tokens):
    saved = torch.load(os.path.join(work, "diffusion.pt"))
    text, unet = TextEncoder(tokens).eval(), denoiser.UNet().eval()
    text.load_state_dict(saved["text"])
    unet.load_state_dict(saved["unet"])
    return text, unet, saved["scaling"]


def export_t2i(work, folder, tokenizer):
    text, unet, scaling = load_diffusion(work, tokenizer.ids)
    _, decoder = autoencoder.load(os.path.join(work, "autoencoder.pt"))
    ids = tokenizer(["a red apple, a fruit", ""])
    side = compose.SIDE_PX // 8
    sample, rows = torch.randn(2, 4, side, side), text(ids)[0].detach()
    batch = {0: "batch"}
    pixels = {0: "batch", 2: "height", 3: "width"}
    write(text, (ids,), ["input_ids"], ["last_hidden_state", "pooler_output"],
          {"input_ids": batch, "last_hidden_state": batch, "pooler_output": batch},
          os.path.join(folder, "text_encoder", "model.onnx"))
    write(unet, (sample, torch.tensor([500.0, 500.0]), rows), ["sample", "timestep", "encoder_hidden_states"],
          ["out_sample"], {"sample": batch, "timestep": batch, "encoder_hidden_states": batch, "out_sample": batch},
          os.path.join(folder, "unet", "model.onnx"))
    write(Decoded(decoder), (sample,), ["latent_sample"], ["sample"], {"latent_sample": pixels, "sample": pixels},
          os.path.join(folder, "vae_decoder", "model.onnx"))
    write_configs(folder, tokenizer, rows.shape[-1], side, scaling)


def write_configs(folder, tokenizer, width, side, scaling):
    part = ["diffusers", "OnnxRuntimeModel"]
    write_json({"_class_name": "OnnxStableDiffusionPipeline", "_diffusers_version": "0.21.0",
                "feature_extractor": [None, None], "safety_checker": [None, None],
                "scheduler": ["diffusers", "DDIMScheduler"], "text_encoder": part,
                "tokenizer": ["transformers", "CLIPTokenizer"], "unet": part, "vae_decoder": part},
               folder, "model_index.json")
    write_json({"_class_name": "DDIMScheduler", "beta_end": diffusion.BETA_LAST, "beta_schedule": "scaled_linear",
                "beta_start": diffusion.BETA_FIRST, "clip_sample": False, "num_train_timesteps": diffusion.STEPS,
                "prediction_type": "v_prediction", "set_alpha_to_one": True, "steps_offset": 0,
                "timestep_spacing": "trailing", "trained_betas": None},
               folder, "scheduler", "scheduler_config.json")
    write_json({"architectures": ["CLIPTextModel"], "hidden_size": width, "bos_token_id": tokenizer.start,
                "eos_token_id": tokenizer.end, "pad_token_id": tokenizer.end,
                "max_position_embeddings": tokenizer.length, "vocab_size": len(tokenizer.ids)},
               folder, "text_encoder", "config.json")
    write_json({"_class_name": "UNet2DConditionModel", "block_out_channels": list(denoiser.WIDTHS),
                "cross_attention_dim": width, "in_channels": 4, "out_channels": 4, "sample_size": side},
               folder, "unet", "config.json")
    write_json({"_class_name": "AutoencoderKL", "latent_channels": 4, "out_channels": 3,
                "sample_size": compose.SIDE_PX, "scaling_factor": round(scaling, 6)},
               folder, "vae_decoder", "config.json")


def export_clip(work, folder, tokenizer):
    clip = clipnet.load(os.path.join(work, "clip.pt"), tokenizer.ids)
    ids, pixels = tokenizer(["an apple", "a book"]), torch.rand(2, 3, clipnet.SIDE_PX, clipnet.SIDE_PX) * 2 - 1
    batch = {0: "batch"}
    write(clip.image, (pixels,), ["pixel_values"], ["image_embeds"], {"pixel_values": batch, "image_embeds": batch},
          os.path.join(folder, "vision_model.onnx"))
    write(Text(clip), (ids,), ["input_ids"], ["text_embeds"], {"input_ids": batch, "text_embeds": batch},
          os.path.join(folder, "text_model.onnx"))
    texts, images = {0: "texts"}, {0: "images"}
    write(Merged(clip), (ids, torch.ones_like(ids), pixels), ["input_ids", "attention_mask", "pixel_values"],
          ["logits_per_image", "logits_per_text", "text_embeds", "image_embeds"],
          {"input_ids": texts, "attention_mask": texts, "pixel_values": images,
           "logits_per_image": {0: "images", 1: "texts"}, "logits_per_text": {0: "texts", 1: "images"},
           "text_embeds": texts, "image_embeds": images}, os.path.join(folder, "model.onnx"))
    write_json({"architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": clipnet.WIDTH,
                "logit_scale_init_value": round(float(clip.log_scale.detach().clamp(max=4.0)), 6),
                "text_config": {"vocab_size": len(tokenizer.ids), "max_position_embeddings": tokenizer.length,
                                "bos_token_id": tokenizer.start, "eos_token_id": tokenizer.end,
                                "pad_token_id": tokenizer.end},
                "vision_config": {"image_size": clipnet.SIDE_PX}}, folder, "config.json")
    write_json({"do_resize": True, "size": {"shortest_edge": clipnet.SIDE_PX}, "resample": 3, "do_center_crop": True,
                "crop_size": {"height": clipnet.SIDE_PX, "width": clipnet.SIDE_PX}, "do_rescale": True,
                "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3},
               folder, "preprocessor_config.json")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", required=True)
    parser.add_argument("--pack", required=True)
    parser.add_argument("--part", choices=("t2i", "clip", "both"), default="both")
    setting = parser.parse_args()
    torch.manual_seed(0)
    words, clip_words = (os.path.join(setting.work, name) for name in ("tokenizer", "clip-tokenizer"))
    t2i, clip = os.path.join(setting.pack, "t2i"), os.path.join(setting.pack, "clip")
    if setting.part in ("t2i", "both"):
        export_t2i(setting.work, t2i, Tokenizer(words))
        shutil.copytree(words, os.path.join(t2i, "tokenizer"), dirs_exist_ok=True)
    if setting.part in ("clip", "both"):
        export_clip(setting.work, clip, Tokenizer(clip_words))
        shutil.copytree(clip_words, clip, dirs_exist_ok=True)


if __name__ == "__main__":
    main()
