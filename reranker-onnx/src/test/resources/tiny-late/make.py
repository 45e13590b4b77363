"""Makes the tiny late-interaction model of the tests and its goldens (../golden/tiny-late-*.jsonl), from a fixed seed.

    pip install numpy onnx onnxruntime tokenizers
    python make.py

Its layout and its graphs' inputs and outputs are the default model's; sizes, special tokens, vocabulary and the
scorer's constants are others. The goldens come from the numpy code below, not from the graphs; the graphs are compared
with it before anything is written.
"""

import json
import math
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import tokenizers
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
LAYERS, WIDTH, HEADS, INNER, VECTOR, HIDDEN = 2, 32, 4, 64, 16, 12
POSITIONS, QUERY, PASSAGE = 48, 24, 40
SPECIAL = {"[UNK]": 3, "[SEP]": 5, "[PAD]": 7, "[CLS]": 11, "[MASK]": 13}
WORDS = """how do whales sleep one half of the brain at a time rest so that they can keep surfacing to breathe what is
re ##rank ##ing model passage query score search first stage second order token vector index java read file line by
battery phone last long apple day charge day ##s ##ed ##er ##ly in and or not with for from this it are was be big
small ocean blue largest animal ##al lived ever moon landed capital city""".split()
CHINESE = "什么是重排序机器学习一门人工智能的分支搜索向量候选结果鲸鱼睡觉大脑"
PUNCTUATION = list(".,;:!?'\"()[]-+*/&%$#")
random = np.random.default_rng(20)


# Weights: int8 with a scale for each column (each row of a table), as the default model's are.


def rounded(rows, columns, scale, axis=0):
    values = random.normal(size=(rows, columns)) * scale
    steps = np.maximum(np.abs(values).max(axis=axis, keepdims=True) / 127, 1e-12).astype(np.float32)
    return np.round(values / steps).astype(np.int8), steps


def floats(*shape, scale=1.0, mean=0.0):
    return (random.normal(size=shape) * scale + mean).astype(np.float32)


def vocabulary():
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)] + list("0123456789")
    words = list(dict.fromkeys(WORDS + letters + ["##" + c for c in letters] + list(CHINESE) + PUNCTUATION))
    ids, special = {}, {number: name for name, number in SPECIAL.items()}
    while words or len(ids) in special:
        ids[special[len(ids)] if len(ids) in special else words.pop(0)] = len(ids)
    return ids


VOCABULARY = vocabulary()
TABLES = {
    "word": rounded(len(VOCABULARY), WIDTH, 1.0, axis=1),
    "pos": rounded(POSITIONS, WIDTH, 0.3, axis=1),
    "pd": rounded(WIDTH, VECTOR, 0.3),
    "pq": rounded(WIDTH, VECTOR, 0.3),
    "m1": rounded(3 * VECTOR + 3, HIDDEN, 0.4),
}
VALUES = {
    "typ": floats(WIDTH, scale=0.2),
    "eg": floats(WIDTH, scale=0.1, mean=1),
    "eb": floats(WIDTH, scale=0.1),
    "idf": np.abs(floats(len(VOCABULARY), scale=3)),
    "wi": floats(1, scale=0.1, mean=0.3),
    "wh": floats(WIDTH, 1, scale=0.2),
    "whb": floats(1),
    "m1b": floats(HIDDEN, scale=0.2),
    "m2": floats(HIDDEN, 1),
    "m2b": floats(1, scale=0.1),
    "a0": np.float32([0.6]),
    "a1": np.float32([0.9]),
    "a2": np.float32([0.3]),
    "a3": np.float32([0.2]),
    "g": np.float32([6]),
    "bb": np.float32([-4]),
    "k1": np.float32([0.8]),
    "sharp": np.float32([12]),
    "two": np.float32([2]),
}
for layer in range(LAYERS):
    for name, rows, columns in (
        ("qkv", WIDTH, 3 * WIDTH), ("o", WIDTH, WIDTH), ("i", WIDTH, INNER), ("f", INNER, WIDTH)
    ):
        TABLES[f"l{layer}{name}"] = rounded(rows, columns, 1 / math.sqrt(rows))
        VALUES[f"l{layer}{name}b"] = floats(columns, scale=0.1)
    for name in ("1", "2"):
        VALUES[f"l{layer}g{name}"] = floats(WIDTH, scale=0.1, mean=1)
        VALUES[f"l{layer}n{name}"] = floats(WIDTH, scale=0.1)
TINY = np.float32([1e-12])


# The reference, in double precision.


def weights(name):
    if name in TABLES:
        values, steps = TABLES[name]
        return values.astype(np.float64) * steps
    return VALUES[name].astype(np.float64)


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def gelu(x):
    return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def normed(x, gain, bias):
    x = x - x.mean(axis=-1, keepdims=True)
    return x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + TINY[0]) * weights(gain) + weights(bias)


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), TINY[0])


def encode(ids, passage):
    """Token vectors, token weights and the mean of one text, which is its ids with the special ones."""
    positions = np.arange(len(ids)) + (1 if passage else 0)
    x = normed(weights("word")[ids] + weights("pos")[positions] + weights("typ"), "eg", "eb")
    for n in range(LAYERS):
        parts = x @ weights(f"l{n}qkv") + weights(f"l{n}qkvb")
        q, k, v = (p.reshape(-1, HEADS, WIDTH // HEADS).swapaxes(0, 1) for p in np.split(parts, 3, axis=-1))
        seen = softmax(q @ k.swapaxes(1, 2) / math.sqrt(WIDTH // HEADS)) @ v
        seen = seen.swapaxes(0, 1).reshape(-1, WIDTH)
        x = normed(x + seen @ weights(f"l{n}o") + weights(f"l{n}ob"), f"l{n}g1", f"l{n}n1")
        inner = gelu(x @ weights(f"l{n}i") + weights(f"l{n}ib"))
        x = normed(x + inner @ weights(f"l{n}f") + weights(f"l{n}fb"), f"l{n}g2", f"l{n}n2")
    vectors = unit(x @ weights("pd" if passage else "pq"))
    own = weights("idf")[ids] * weights("wi") + (x @ weights("wh") + weights("whb"))[:, 0]
    return vectors, softmax(own), unit(x.sum(axis=0))


def logit(query_ids, query, passage_ids, passage):
    u, w, query_mean = query
    v, _, passage_mean = passage
    s = u @ v.T
    best = s.max(axis=1, keepdims=True)
    count = np.equal.outer(query_ids, passage_ids).sum(axis=1, keepdims=True).astype(np.float64)
    found, many = np.minimum(count, 1), count / (count + weights("k1"))
    c = softmax(weights("sharp") * s) @ v
    joined = np.concatenate([u * c, u, np.abs(u - c), best, found, many], axis=1)
    r = gelu(joined @ weights("m1") + weights("m1b")) @ weights("m2") + weights("m2b")
    linear = weights("a1") * best + weights("a2") * found + weights("a3") * many
    lexical = (w[:, None] * linear).sum()
    total = weights("g") * (weights("a0") * (query_mean @ passage_mean) + lexical)
    return float((total + (w[:, None] * r).sum() + weights("bb"))[0])


# The graphs, of standard operators.


class Graph:
    def __init__(self):
        self.nodes, self.initializers, self.inputs, self.outputs, self.made = [], [], [], [], set()

    def input(self, name, kind, *shape):
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, name, *shape):
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def __call__(self, op, *inputs, result="", **attributes):
        names = [self.w(name) for name in inputs]
        result = result or f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, names, [result], **attributes))
        return result

    def add(self, name, value):
        if name not in self.made:
            self.made.add(name)
            self.initializers.append(numpy_helper.from_array(value, name))
        return name

    def longs(self, *values):
        return self.add("i_" + "_".join(map(str, values)).replace("-", "m"), np.array(values, np.int64))

    def number(self, value):
        return self.add(f"f_{value}".replace("-", "m"), np.float32([value]))

    def w(self, name):
        """The name itself; where it is a weight's, the weight is in the graph afterwards."""
        if name in TABLES and name not in self.made:
            values, steps = TABLES[name]
            self.made.add(name)
            self("Cast", self.add(name + "_q", values), result=name + "_f", to=TensorProto.FLOAT)
            self("Mul", name + "_f", self.add(name + "_s", steps), result=name)
        elif name in VALUES:
            self.add(name, VALUES[name])
        return name

    def save(self, name):
        graph = helper.make_graph(self.nodes, name, self.inputs, self.outputs, self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        model.producer_name = "reranker"
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, HERE / name)

    def unit(self, x, **result):
        length = self("ReduceL2", x, axes=[-1], keepdims=1)
        return self("Div", x, self("Max", length, self.number(1e-12)), **result)

    def gelu(self, x):
        erf = self("Erf", self("Mul", x, self.number(math.sqrt(0.5))))
        half = self("Mul", x, self.number(0.5))
        return self("Mul", half, self("Add", erf, self.number(1.0)))

    def affine(self, x, name):
        return self("Add", self("MatMul", x, name), name + "b")

    def heads(self, x, *order):
        apart = self("Reshape", x, self.longs(0, 0, HEADS, WIDTH // HEADS))
        return self("Transpose", apart, perm=order)

    def sum(self, x, axis, keepdims=0):
        return self("ReduceSum", x, self.longs(axis), keepdims=keepdims)

    def transformer(self):
        """Query (type 0) and passage (type 1) do not see each other, and count positions apart."""
        ids, mask, types = (
            self.input(name, TensorProto.INT64, "batch", "sequence")
            for name in ("input_ids", "attention_mask", "token_type_ids")
        )
        one, two = self.longs(1), self.longs(2)
        passage = self("Greater", types, self.longs(0))
        ones = self("Add", self("Mul", ids, self.longs(0)), one)
        all_before = self("Sub", self("CumSum", ones, one), one)
        positions = self("Where", passage, self("CumSum", types, one), all_before)
        same = self("Equal", self("Unsqueeze", types, two), self("Unsqueeze", types, one))
        real = self("Greater", self("Unsqueeze", mask, one), self.longs(0))
        hidden = self("Where", self("And", same, real), self.number(0.0), self.number(-10000.0))
        hidden = self("Unsqueeze", hidden, one)
        x = self("Add", self("Gather", "word", ids), self("Gather", "pos", positions))
        x = self("LayerNormalization", self("Add", x, "typ"), "eg", "eb", epsilon=1e-12)
        for n in range(LAYERS):
            parts = self.affine(x, f"l{n}qkv")
            q, k, v = (
                self("Slice", parts, self.longs(i * WIDTH), self.longs((i + 1) * WIDTH), self.longs(2))
                for i in range(3)
            )
            scores = self("MatMul", self.heads(q, 0, 2, 1, 3), self.heads(k, 0, 2, 3, 1))
            scores = self("Mul", scores, self.number(1 / math.sqrt(WIDTH // HEADS)))
            seen = self("Softmax", self("Add", scores, hidden), axis=-1)
            seen = self("Transpose", self("MatMul", seen, self.heads(v, 0, 2, 1, 3)), perm=[0, 2, 1, 3])
            seen = self("Reshape", seen, self.longs(0, 0, WIDTH))
            x = self("Add", x, self.affine(seen, f"l{n}o"))
            x = self("LayerNormalization", x, f"l{n}g1", f"l{n}n1", epsilon=1e-12)
            inner = self.gelu(self.affine(x, f"l{n}i"))
            x = self("Add", x, self.affine(inner, f"l{n}f"))
            x = self("LayerNormalization", x, f"l{n}g2", f"l{n}n2", epsilon=1e-12)
        return ids, mask, passage, x

    def token_weights(self, ids, mask, x, **result):
        own = self("Mul", self("Gather", "idf", ids), "wi")
        own = self("Add", own, self("Squeeze", self("Add", self("MatMul", x, "wh"), "whb"), self.longs(2)))
        gone = self("Mul", self("Sub", self.number(1.0), mask), self.number(10000.0))
        return self("Softmax", self("Sub", own, gone), axis=1, **result)

    def mean(self, x, mask, **result):
        return self.unit(self.sum(self("Mul", x, self("Unsqueeze", mask, self.longs(2))), 1), **result)

    def as_float(self, x):
        return self("Cast", x, to=TensorProto.FLOAT)

    def meet(self, u, w, query_ids, query_mean, v, passage_ids, passage_mask, passage_mean):
        """The scorer; passage_mask is of floats."""
        one, two = self.longs(1), self.longs(2)
        gone = self("Mul", self("Sub", self.number(1.0), passage_mask), "two")
        s = self("MatMul", u, self("Transpose", v, perm=[0, 2, 1]))
        s = self("Sub", s, self("Unsqueeze", gone, one))
        best = self("ReduceMax", s, axes=[-1], keepdims=1)
        equal = self("Equal", self("Unsqueeze", query_ids, two), self("Unsqueeze", passage_ids, one))
        equal = self("Mul", self.as_float(equal), self("Unsqueeze", passage_mask, one))
        count = self.sum(equal, 2, keepdims=1)
        many = self("Div", count, self("Add", count, "k1"))
        found = self("Min", count, self.number(1.0))
        c = self("MatMul", self("Softmax", self("Mul", s, "sharp"), axis=-1), v)
        u = self("Expand", u, self("Shape", c))
        apart = self("Abs", self("Sub", u, c))
        r = self("Concat", self("Mul", u, c), u, apart, best, found, many, axis=-1)
        r = self.affine(self.gelu(self.affine(r, "m1")), "m2")
        linear = self("Add", self("Mul", best, "a1"), self("Mul", found, "a2"))
        linear = self("Add", linear, self("Mul", many, "a3"))
        w = self("Unsqueeze", w, two)
        cosine = self("Mul", self.sum(self("Mul", query_mean, passage_mean), 1, keepdims=1), "a0")
        total = self("Mul", self("Add", cosine, self.sum(self("Mul", w, linear), 1)), "g")
        total = self("Add", total, self.sum(self("Mul", w, r), 1))
        self("Add", total, "bb", result="logits")


def encoder():
    g = Graph()
    ids, mask, passage, x = g.transformer()
    mask = g.as_float(mask)
    each = g("Unsqueeze", passage, g.longs(2))
    vectors = g.unit(g("Where", each, g("MatMul", x, "pd"), g("MatMul", x, "pq")))
    g("Mul", vectors, g("Unsqueeze", mask, g.longs(2)), result="token_vectors")
    g.token_weights(ids, mask, x, result="token_weights")
    g.mean(x, mask, result="mean_vector")
    g.output("token_vectors", "batch", "sequence", VECTOR)
    g.output("token_weights", "batch", "sequence")
    g.output("mean_vector", "batch", WIDTH)
    g.save("encoder.onnx")


def scorer():
    g = Graph()
    u = g.input("query_vectors", TensorProto.FLOAT, 1, "q", VECTOR)
    w = g.input("query_weights", TensorProto.FLOAT, 1, "q")
    query_ids = g.input("query_ids", TensorProto.INT64, 1, "q")
    query_mean = g.input("query_mean", TensorProto.FLOAT, 1, WIDTH)
    v = g.input("passage_vectors", TensorProto.FLOAT, "n", "p", VECTOR)
    passage_ids = g.input("passage_ids", TensorProto.INT64, "n", "p")
    mask = g.input("passage_mask", TensorProto.INT64, "n", "p")
    passage_mean = g.input("passage_mean", TensorProto.FLOAT, "n", WIDTH)
    g.meet(u, w, query_ids, query_mean, v, passage_ids, g.as_float(mask), passage_mean)
    g.output("logits", "n", 1)
    g.save("scorer.onnx")


def both():
    g = Graph()
    ids, mask, passage, x = g.transformer()
    real = g("Greater", mask, g.longs(0))
    of_passage = g.as_float(g("And", real, passage))
    of_query = g.as_float(g("And", real, g("Not", passage)))
    u, v = g.unit(g("MatMul", x, "pq")), g.unit(g("MatMul", x, "pd"))
    w = g.token_weights(ids, of_query, x)
    g.meet(u, w, ids, g.mean(x, of_query), v, ids, of_passage, g.mean(x, of_passage))
    g.output("logits", "batch", 1)
    g.save("model.onnx")


# The files beside the graphs.


def configuration():
    return {
        "architectures": ["LateInteractionReranker"],
        "model_type": "bert",
        "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "intermediate_size": INNER,
        "vocab_size": len(VOCABULARY),
        "type_vocab_size": 2,
        "max_position_embeddings": POSITIONS,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
        "pad_token_id": SPECIAL["[PAD]"],
        "id2label": {"0": "LABEL_0"},
        "label2id": {"LABEL_0": 0},
        "sentence_transformers": {"activation_fn": "torch.nn.modules.activation.Sigmoid"},
        "late_interaction": {
            "encoder": "encoder.onnx",
            "scorer": "scorer.onnx",
            "vector_size": VECTOR,
            "mean_vector_size": WIDTH,
            "query": side("[CLS]", 0, 0, QUERY),
            "passage": side("", 1, 1, PASSAGE),
        },
    }


def side(starts_with, token_type, first_position, max_length):
    return {
        "starts_with": starts_with,
        "ends_with": "[SEP]",
        "token_type": token_type,
        "first_position": first_position,
        "max_length": max_length,
    }


def tokenizer_configuration():
    return {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": True,
        "model_max_length": POSITIONS,
        **{f"{name[1:-1].lower()}_token": name for name in SPECIAL},
        "strip_accents": None,
        "tokenize_chinese_chars": True,
    }


def tokenizer():
    def special(name, kind):
        return {"SpecialToken": {"id": name, "type_id": kind}}

    def text(name, kind):
        return {"Sequence": {"id": name, "type_id": kind}}

    query = [special("[CLS]", 0), text("A", 0), special("[SEP]", 0)]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": n, "content": name, **flags} for name, n in SPECIAL.items()],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": query,
            "pair": [*query, text("B", 1), special("[SEP]", 1)],
            "special_tokens": {
                name: {"id": name, "ids": [SPECIAL[name]], "tokens": [name]} for name in ("[CLS]", "[SEP]")
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": VOCABULARY,
        },
    }


# The goldens.

LONG = "small blue whales rest and breathe, big ones sleep in the ocean. "
PAIRS = {
    "whales": (
        "how do whales sleep",
        [
            "Whales rest one half of the brain at a time, so that they can keep surfacing to breathe.",
            "The blue whale is the largest animal that ever lived.",
            "A battery can last all day.",
            "",
        ],
    ),
    "rerank": (
        "What is a reranking model?",
        ["A reranking model orders search results by score.", "first stage, second stage", "java", "?!"],
    ),
    "chinese": ("什么是重排序", ["重排序是机器学习的一门。", "鲸鱼用一门大脑睡觉", "搜索向量", "reranking 重排序 model"]),
    "unknown": ("☃ ☂ ☃", ["☃", "☂ umbrella ☂", "naïve café Ünïcödé"]),
    "word": ("java", ["java java java java", "read a file in java line by line", "python"]),
    "nothing in common": ("moon", ["battery charge", "搜索", "whales " * 20]),
    "longest passage": ("whales", ["whales " * 12 + "do not", "whales " * 13, "whales " * 13 + "sleep", LONG * 3]),
    "long query": (LONG + "do they rest", [LONG, LONG * 2, LONG * 40, "", "sleep"]),
    "longest query": ("sleep " * (QUERY - 2), ["sleep", "do whales sleep at a time?", LONG * 3]),
}


def goldens():
    reader = tokenizers.Tokenizer.from_str(json.dumps(tokenizer()))

    def ids(text, limit):
        return reader.encode(text, add_special_tokens=False).ids[:limit]

    def session(name):
        return onnxruntime.InferenceSession(HERE / name, providers=["CPUExecutionProvider"])

    runs = [session(name) for name in ("encoder.onnx", "scorer.onnx", "model.onnx")]
    pairs, texts, worst = [], {}, 0.0
    for name, (query, passages) in PAIRS.items():
        query_ids = [SPECIAL["[CLS]"], *ids(query, None), SPECIAL["[SEP]"]]
        assert len(query_ids) <= QUERY, (name, len(query_ids))
        encoded = encode(query_ids, False)
        texts[query, "query"] = encoded
        logits, tokens, truncated = [], [], []
        for passage in passages:
            whole = ids(passage, None)
            passage_ids = [*whole[: PASSAGE - 1], SPECIAL["[SEP]"]]
            prepared = encode(passage_ids, True)
            texts[passage, "passage"] = prepared
            logits.append(logit(query_ids, encoded, passage_ids, prepared))
            tokens.append(len(passage_ids))
            truncated.append(len(whole) >= PASSAGE)
            worst = max(worst, difference(runs, query_ids, passage_ids, logits[-1], prepared))
        pairs.append(
            {
                "name": name,
                "query": query,
                "query_tokens": len(query_ids),
                "passages": passages,
                "logits": [round(x, 6) for x in logits],
                "passage_tokens": tokens,
                "truncated": truncated,
            }
        )
    print("graphs against the reference: at most", worst)
    assert worst < 1e-5
    lines("tiny-late-reranker.jsonl", pairs)
    lines("tiny-late-encoder.jsonl", [embedding(*key, *value) for key, value in texts.items()])


def embedding(text, kind, vectors, own, mean):
    def numbers(values):
        return [round(float(x), 6) for x in values]

    return {
        "text": text,
        "kind": kind,
        "tokens": len(vectors),
        "first_token_vector": numbers(vectors[0]),
        "last_token_vector": numbers(vectors[-1]),
        "token_weights": numbers(own) if kind == "query" else None,
        "mean_vector": numbers(mean),
    }


def difference(runs, query_ids, passage_ids, expected, prepared):
    """How far the graphs are from the reference, in a batch that also holds something longer and masked."""
    encoder_run, scorer_run, both_run = runs

    def encoded(row, kind):
        padded = [row + [SPECIAL["[PAD]"]] * 3, [SPECIAL["[UNK]"]] * (len(row) + 3)]
        mask = [[1] * len(row) + [0] * 3, [1] * (len(row) + 3)]
        types = [[kind] * len(row) + [0] * 3, [kind] * (len(row) + 3)]
        return encoder_run.run(None, batch(padded, mask, types))

    vectors, own, mean = encoded(query_ids, 0)
    passages, _, means = encoded(passage_ids, 1)
    q, p = len(query_ids), len(passage_ids)
    (met,) = scorer_run.run(
        None,
        {
            "query_vectors": vectors[:1, :q],
            "query_weights": own[:1, :q],
            "query_ids": np.array([query_ids], np.int64),
            "query_mean": mean[:1],
            "passage_vectors": passages,
            "passage_ids": np.array([passage_ids + [SPECIAL["[PAD]"]] * 3, [SPECIAL["[UNK]"]] * (p + 3)], np.int64),
            "passage_mask": np.array([[1] * p + [0] * 3, [1] * (p + 3)], np.int64),
            "passage_mean": means,
        },
    )
    far = [abs(met[0, 0] - expected), np.abs(passages[0, :p] - prepared[0]).max(), np.abs(means[0] - prepared[2]).max()]
    if q + p + 2 <= POSITIONS:
        row, types = query_ids + passage_ids, [0] * q + [1] * p
        other = [SPECIAL["[CLS]"], SPECIAL["[SEP]"]] + [SPECIAL["[UNK]"]] * (q + p)
        rows = [row + [SPECIAL["[PAD]"]] * 2, other]
        mask = [[1] * (q + p) + [0] * 2, [1] * (q + p + 2)]
        (one,) = both_run.run(None, batch(rows, mask, [types + [0] * 2, [0] * 2 + [1] * (q + p)]))
        far.append(abs(one[0, 0] - expected))
    return float(max(far))


def batch(rows, mask, types):
    return {
        "input_ids": np.array(rows, np.int64),
        "attention_mask": np.array(mask, np.int64),
        "token_type_ids": np.array(types, np.int64),
    }


def lines(name, objects):
    text = "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects)
    (HERE.parent / "golden" / name).write_text(text, encoding="utf-8")


def write(name, value):
    (HERE / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write("config.json", configuration())
    write("tokenizer_config.json", tokenizer_configuration())
    write("tokenizer.json", tokenizer())
    encoder()
    scorer()
    both()
    goldens()
