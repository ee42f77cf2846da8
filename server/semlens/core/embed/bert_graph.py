"""The graph of a BERT on OpenVINO (Devlin et al. 2018, post-norm), as transformers' BertModel computes it.

It is built from a model's configuration and safetensors weights, so it needs neither torch nor a converter.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.weights import load_weights

LENGTH_STEP = 16
"""Lengths are rounded up to a multiple of so many tokens: more wastes work, less compiles more kernels."""

QUANTISATION_GROUP = 64
"""Activations that share a scale in int8: 32 was slower; 384 lost accuracy (lowest cosine with the
reference 0.9936 instead of 0.9975)."""


class Unsupported(Exception):
    """The model is not a plain BERT encoder, or OpenVINO is not there."""


def padded(length: int) -> int:
    return max(1, -(-length // LENGTH_STEP)) * LENGTH_STEP


@dataclass(frozen=True, slots=True)
class Runtime:
    """How OpenVINO computes on this machine."""

    openvino: Any
    core: Any
    precision: str
    """`bf16` where the processor has it, else `int8` with activations quantised on the fly; or `f32`."""
    threads: int

    @classmethod
    def start(cls, threads: int, precision: str | None = None) -> Runtime:
        """Raises `Unsupported` if OpenVINO is not there."""
        # Nothing is to be sent: without this package OpenVINO falls back to a stub.
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
        try:
            openvino = importlib.import_module("openvino")
        except ImportError as error:
            raise Unsupported("OpenVINO is not installed") from error
        core = openvino.Core()
        if precision is None:
            precision = "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "int8"
        return cls(openvino, core, precision, threads)

    @property
    def name(self) -> str:
        return f"OpenVINO {self.precision}"

    def graph(self, network: Network) -> Graph:
        return Graph(self.openvino, network, quantise=self.precision == "int8")

    def compiled(self, model: Any) -> Any:
        """A model, ready to run."""
        return self.core.compile_model(model, "CPU", self._configuration()).create_infer_request()

    def _configuration(self) -> dict[str, Any]:
        configuration: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": self.threads,
            "INFERENCE_PRECISION_HINT": "bf16" if self.precision == "bf16" else "f32",
        }
        if self.precision == "int8":
            configuration["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = QUANTISATION_GROUP
        return configuration


@dataclass(frozen=True, slots=True)
class Network:
    """The network that a model's folder describes."""

    layers: int
    heads: int
    hidden: int
    epsilon: float
    weights: dict[str, NDArray[np.float32]]
    first_token_pools: bool = True
    """Whether a text's vector is its first token's, not the mean of all."""

    @classmethod
    def of_encoder(cls, folder: Path) -> Network:
        """That of a sentence-transformers folder. Raises `Unsupported` if it is no plain BERT encoder."""
        modules = _read(folder / "modules.json")
        kinds = [module["type"].rpartition(".")[2] for module in modules]
        if kinds not in (["Transformer", "Pooling", "Normalize"], ["Transformer", "Pooling"]):
            raise Unsupported(f"modules {kinds}")
        transformer = folder / modules[0]["path"]
        if _read(transformer / "sentence_bert_config.json").get("do_lower_case"):
            raise Unsupported("lower case outside the tokenizer")
        pools = _first_token_pools(_read(folder / modules[1]["path"] / "config.json"))
        return cls._of(transformer, pools)

    @classmethod
    def of_cross_encoder(cls, folder: Path) -> Network:
        """That of a cross-encoder's folder. Raises `Unsupported` if it is no plain BERT."""
        return cls._of(folder, first_token_pools=True)

    @classmethod
    def _of(cls, folder: Path, first_token_pools: bool) -> Network:
        config = _read(folder / "config.json")
        expected = {"model_type": "bert", "hidden_act": "gelu"}
        for key, value in expected.items():
            if config.get(key) != value:
                raise Unsupported(f"{key} {config.get(key)}")
        if config.get("position_embedding_type", "absolute") != "absolute" or config.get("is_decoder"):
            raise Unsupported("positions or attention of another kind")
        try:
            weights = load_weights(folder)
        except Exception as error:  # safetensors has its own errors, and numpy lacks some of its types
            raise Unsupported(f"weights: {error}") from error
        return cls(
            int(config["num_hidden_layers"]),
            int(config["num_attention_heads"]),
            int(config["hidden_size"]),
            float(config["layer_norm_eps"]),
            weights,
            first_token_pools,
        )


def _first_token_pools(config: dict[str, Any]) -> bool:
    modes = {key[13:] for key, value in config.items() if key.startswith("pooling_mode_") and value}
    said = config.get("pooling_mode")
    modes |= {said} if isinstance(said, str) else set(said or ())
    if config.get("include_prompt") is False or modes not in (
        {"mean_tokens"},
        {"mean"},
        {"cls_token"},
        {"cls"},
    ):
        raise Unsupported(f"pooling {sorted(modes)}")
    return bool(modes & {"cls_token", "cls"})


class Graph:
    """Builds the models of a network. Token ids have the shape (batch, tokens), lengths (batch,)."""

    def __init__(self, openvino: Any, network: Network, quantise: bool) -> None:
        self._openvino = openvino
        self._op: Any = openvino.opset13
        self._network = network
        self._quantise = quantise

    def vectors(self) -> Any:
        """From token ids and lengths to unit vectors, (batch, hidden)."""
        inputs, mask, states = self._read()
        pooled = self._pool(states[-1], mask, inputs[1])
        unit = self._op.normalize_l2(pooled, _axis(self._op, 1), 1e-12, "max")
        return self._openvino.Model([unit], inputs, "bert")

    def layers(self) -> Any:
        """From the same to what goes into the first layer and comes out of each, (batch, tokens, hidden)."""
        inputs, _, states = self._read()
        return self._openvino.Model(states, inputs, "layers of bert")

    def scores(self) -> Any:
        """From ids, lengths and, for each token, which of two texts it is of, to scores, (batch, 1)."""
        op = self._op
        segments = op.parameter([-1, -1], np.int32, name="segments")
        inputs, _, states = self._read(segments)
        first = op.gather(states[-1], op.constant(np.int64(0)), _axis(op, 1))
        score = self._linear(op.tanh(self._linear(first, "pooler.dense")), "classifier")
        return self._openvino.Model([score], [*inputs, segments], "pairs of bert")

    def _read(self, segments: Any = None) -> tuple[list[Any], Any, list[Any]]:
        """The inputs, which of the tokens are no padding, and their states before and after each layer."""
        op, network = self._op, self._network
        ids = op.parameter([-1, -1], np.int32, name="ids")
        lengths = op.parameter([-1], np.int32, name="lengths")
        size = op.gather(op.shape_of(ids, "i64"), _axis(op, 1), _axis(op, 0))
        zero, one = op.constant(np.int64(0)), op.constant(np.int64(1))
        positions = op.range(zero, op.squeeze(size, _axis(op, 0)), one, "i64")
        index = op.unsqueeze(op.convert(positions, "i32"), _axis(op, 0))
        mask = op.less(index, op.unsqueeze(lengths, _axis(op, 1)))
        mask_4d = op.unsqueeze(op.unsqueeze(mask, _axis(op, 1)), _axis(op, 1))
        bias = op.select(mask_4d, op.constant(np.float32(0)), op.constant(np.float32(-1e9)))
        states = [self._embed(ids, positions, segments)]
        for layer in range(network.layers):
            states.append(self._layer(states[-1], bias, f"encoder.layer.{layer}."))
        return [ids, lengths], mask, states

    def _embed(self, ids: Any, positions: Any, segments: Any) -> Any:
        op, weights = self._op, self._network.weights
        words = op.gather(op.constant(weights["embeddings.word_embeddings.weight"]), ids, _axis(op, 0))
        kinds = weights["embeddings.token_type_embeddings.weight"]
        placed = weights["embeddings.position_embeddings.weight"]
        if segments is None:
            placed = placed + kinds[0]
        else:
            words = op.add(words, op.gather(op.constant(kinds), segments, _axis(op, 0)))
        places = op.unsqueeze(op.gather(op.constant(placed), positions, _axis(op, 0)), _axis(op, 0))
        return self._norm(op.add(words, places), "embeddings.LayerNorm")

    def _layer(self, state: Any, bias: Any, prefix: str) -> Any:
        op = self._op
        query, key, value = (
            self._heads(self._linear(state, f"{prefix}attention.self.{part}"))
            for part in ("query", "key", "value")
        )
        attended = op.scaled_dot_product_attention(query, key, value, bias)
        merged = op.reshape(
            op.transpose(attended, _axis(op, 0, 2, 1, 3)), _axis(op, 0, 0, self._network.hidden), True
        )
        output = self._linear(merged, f"{prefix}attention.output.dense")
        state = self._norm(op.add(state, output), f"{prefix}attention.output.LayerNorm")
        inner = op.gelu(self._linear(state, f"{prefix}intermediate.dense"), "erf")
        output = self._linear(inner, f"{prefix}output.dense")
        return self._norm(op.add(state, output), f"{prefix}output.LayerNorm")

    def _heads(self, state: Any) -> Any:
        op, heads = self._op, self._network.heads
        split = op.reshape(state, _axis(op, 0, 0, heads, self._network.hidden // heads), True)
        return op.transpose(split, _axis(op, 0, 2, 1, 3))

    def _linear(self, state: Any, name: str) -> Any:
        op = self._op
        weight, bias = self._network.weights[f"{name}.weight"], self._network.weights[f"{name}.bias"]
        product = op.matmul(state, self._weight(weight), False, True)
        return op.add(product, op.constant(bias.reshape(1, -1)))

    def _weight(self, weight: NDArray[np.float32]) -> Any:
        op = self._op
        if not self._quantise:
            return op.constant(weight)
        scales = np.abs(weight).max(axis=1, keepdims=True) / np.float32(127)
        rows = np.round(weight / np.where(scales > 0, scales, 1)).astype(np.int8)
        return op.multiply(op.convert(op.constant(rows), "f32"), op.constant(scales))

    def _norm(self, state: Any, name: str) -> Any:
        op, weights = self._op, self._network.weights
        scaled = op.mvn(state, _axis(op, -1), True, self._network.epsilon, "inside_sqrt")
        gain, bias = (weights[f"{name}.{part}"].reshape(1, 1, -1) for part in ("weight", "bias"))
        return op.add(op.multiply(scaled, op.constant(gain)), op.constant(bias))

    def _pool(self, state: Any, mask: Any, lengths: Any) -> Any:
        op = self._op
        if self._network.first_token_pools:
            return op.gather(state, op.constant(np.int64(0)), _axis(op, 1))
        kept = op.multiply(state, op.unsqueeze(op.convert(mask, "f32"), _axis(op, 2)))
        total = op.reduce_sum(kept, _axis(op, 1))
        return op.divide(total, op.unsqueeze(op.convert(lengths, "f32"), _axis(op, 1)))


def _axis(op: Any, *axes: int) -> Any:
    return op.constant(np.array(axes, np.int64))


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}
