"""Model folders in the Hugging Face layout, each with a full graph and one whose token table is int8.

python export_onnx.py bi --table table.npy --tok DIR --out DIR --name NAME
python export_onnx.py ce --ckpt ce.best.pt --tok DIR --out DIR --name NAME

Of an int8 table only the rows of the input are widened, and multiplied by their own scale.
"""

import argparse
import json
import os
import shutil

import numpy as np
import onnx
import torch
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh

from reranker import N_SPECIAL, Reranker

OPSET, MAX_LENGTH = 17, 512


def int8_rows(E):
    scale = np.abs(E).max(1, keepdims=True) / 127.0
    scale[scale == 0] = 1e-8
    return np.clip(np.rint(E / scale), -127, 127).astype(np.int8), scale.astype(np.float32)


def biencoder_graph(E, power, quantized):
    """sum over tokens of tf^(power - 1) * row, brought to unit length."""
    constants, nodes = [], []

    def constant(name, value):
        constants.append(nh.from_array(np.asarray(value), name))

    def node(op, inputs, output, **attributes):
        nodes.append(h.make_node(op, inputs, [output], name=output, **attributes))

    if quantized:
        rows, scale = int8_rows(E)
        constant("table", rows)
        constant("row_scale", scale)
    else:
        constant("table", E.astype(np.float16))
    constant("ax1", np.array([1], np.int64))
    constant("ax2", np.array([2], np.int64))
    constant("last_special", np.array(N_SPECIAL - 1, np.int64))
    constant("exponent", np.array(power - 1.0, np.float32))
    constant("one", np.array(1, np.float32))
    constant("eps", np.array(1e-12, np.float32))
    node("Cast", ["attention_mask"], "mask", to=T.FLOAT)
    node("Greater", ["input_ids", "last_special"], "is_real")
    node("Cast", ["is_real"], "real", to=T.FLOAT)
    node("Mul", ["mask", "real"], "m")
    # tf of each token inside its own text, by comparing all pairs of positions
    node("Unsqueeze", ["input_ids", "ax2"], "ids_column")
    node("Unsqueeze", ["input_ids", "ax1"], "ids_row")
    node("Equal", ["ids_column", "ids_row"], "equal")
    node("Cast", ["equal"], "equal_f", to=T.FLOAT)
    node("Unsqueeze", ["m", "ax2"], "m_column")
    node("MatMul", ["equal_f", "m_column"], "tf_column")
    node("Squeeze", ["tf_column", "ax2"], "tf_raw")
    node("Max", ["tf_raw", "one"], "tf")
    node("Pow", ["tf", "exponent"], "tf_weight")
    node("Mul", ["m", "tf_weight"], "w0")
    node("Gather", ["table", "input_ids"], "rows")
    weight = "w0"
    if quantized:
        node("Gather", ["row_scale", "input_ids"], "scale_column")
        node("Squeeze", ["scale_column", "ax2"], "scale")
        node("Mul", ["w0", "scale"], "w")
        weight = "w"
    node("Cast", ["rows"], "rows_f", to=T.FLOAT)
    node("Unsqueeze", [weight, "ax1"], "w_row")
    node("MatMul", ["w_row", "rows_f"], "sum_row")
    node("Squeeze", ["sum_row", "ax1"], "sum")
    node("ReduceL2", ["sum"], "norm", axes=[1], keepdims=1)
    node("Max", ["norm", "eps"], "norm_or_eps")
    node("Div", ["sum", "norm_or_eps"], "sentence_embedding")
    inputs = [h.make_tensor_value_info(x, T.INT64, ["batch", "length"]) for x in ("input_ids", "attention_mask")]
    output = h.make_tensor_value_info("sentence_embedding", T.FLOAT, ["batch", E.shape[1]])
    graph = h.make_graph(nodes, "static-biencoder", inputs, [output], constants)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", OPSET)], producer_name="lodestone-training")
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def with_int8_tables(model, min_rows=10000):
    """Puts an int8 table and a scale for each row in the place of every large float table that is looked up."""
    g = model.graph
    constants = {c.name: c for c in g.initializer}
    nodes = []
    for node in g.node:
        table = (
            nh.to_array(constants[node.input[0]]) if node.op_type == "Gather" and node.input[0] in constants else None
        )
        if table is None or table.ndim != 2 or table.shape[0] < min_rows or table.shape[1] <= 8:
            nodes.append(node)
            continue
        name, out = node.input[0] + "_q", node.output[0]
        if name not in constants:
            for key, value in zip((name, name + "_scale"), int8_rows(table)):
                constants[key] = nh.from_array(value, key)
        nodes += [
            h.make_node("Gather", [name, node.input[1]], [out + "_q"]),
            h.make_node("Cast", [out + "_q"], [out + "_f"], to=T.FLOAT),
            h.make_node("Gather", [name + "_scale", node.input[1]], [out + "_s"]),
            h.make_node("Mul", [out + "_f", out + "_s"], [out]),
        ]
    used = {x for node in nodes for x in node.input}
    del g.node[:]
    g.node.extend(nodes)
    del g.initializer[:]
    g.initializer.extend(c for name, c in constants.items() if name in used)
    return model


def write_folder(folder, tok, config):
    os.makedirs(os.path.join(folder, "onnx"), exist_ok=True)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(os.path.join(tok, name), os.path.join(folder, name))
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump({**config, "max_position_embeddings": MAX_LENGTH, "pad_token_id": 0}, f, indent=2)


def biencoder(a):
    E = np.load(a.table).astype(np.float32)
    E[:N_SPECIAL] = 0
    config = {
        "model_type": "static-embedding",
        "architectures": ["StaticEmbedding"],
        "_name_or_path": a.name,
        "hidden_size": E.shape[1],
        "vocab_size": E.shape[0],
        "num_hidden_layers": 0,
        "pooling": "weighted-sum",
        "tf_power": a.tf,
        "normalize": True,
        "matryoshka_dims": [int(x) for x in a.dims.split(",")],
        "query_prefix": "",
        "document_prefix": "",
    }
    write_folder(a.out, a.tok, config)
    onnx.save(biencoder_graph(E, a.tf, quantized=False), os.path.join(a.out, "onnx/model.onnx"))
    onnx.save(biencoder_graph(E, a.tf, quantized=True), os.path.join(a.out, "onnx/model_quantized.onnx"))


def crossencoder(a):
    checkpoint = torch.load(a.ckpt)
    model = Reranker(bf16=False, **checkpoint["cfg"])
    model.load_state_dict(checkpoint["state"])
    model.eval()
    config = {
        "model_type": "bert",
        "architectures": ["BertForSequenceClassification"],
        "_name_or_path": a.name,
        "num_labels": 1,
        "id2label": {"0": "LABEL_0"},
        "label2id": {"LABEL_0": 0},
        "hidden_size": checkpoint["cfg"]["dim"],
        "vocab_size": checkpoint["cfg"]["vocab"],
        "num_hidden_layers": 0,
        "num_attention_heads": 4,
        "type_vocab_size": 2,
    }
    write_folder(a.out, a.tok, config)
    ids = torch.randint(N_SPECIAL, checkpoint["cfg"]["vocab"], (2, 30))
    ids[:, 0], ids[:, 8], ids[:, -1] = 2, 3, 3
    segments = torch.zeros_like(ids)
    segments[:, 9:] = 1
    names = ["input_ids", "attention_mask", "token_type_ids"]
    path = os.path.join(a.out, "onnx/model.onnx")
    torch.onnx.export(
        model,
        (ids, torch.ones_like(ids), segments),
        path,
        input_names=names,
        output_names=["logits"],
        opset_version=OPSET,
        dynamo=False,
        dynamic_axes={**{n: {0: "batch", 1: "length"} for n in names}, "logits": {0: "batch"}},
    )
    onnx.save(with_int8_tables(onnx.load(path)), os.path.join(a.out, "onnx/model_quantized.onnx"))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("kind", choices=["bi", "ce"])
    ap.add_argument("--table", default="")
    ap.add_argument("--ckpt", default="")
    ap.add_argument("--tok", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--name", required=True)
    ap.add_argument("--tf", type=float, default=0.75)
    ap.add_argument("--dims", default="512,256,128")
    a = ap.parse_args()
    {"bi": biencoder, "ce": crossencoder}[a.kind](a)


if __name__ == "__main__":
    main()
