"""Makes a tiny model with random weights of each family of rerankers, and its goldens, from a fixed seed.

    pip install torch transformers tokenizers sentencepiece safetensors onnx onnxruntime
    python make.py

Configurations, tokenizers and forward passes are those of Hugging Face's transformers, which is the reference; only
sizes, weights and vocabularies are made here. The graphs are exported from the same PyTorch modules and compared with
them before anything is written.
"""

import io
import json
import logging
import shutil
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import sentencepiece
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
HERE = Path(__file__).parent
LENGTH = 40
SIZES = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32)
TEXTS = """how do whales sleep : they rest one half of the brain at a time, so that they keep surfacing to breathe
The Moon landing of 1969 was watched by 600 million people; an Apple phone's battery lasts a day, red apples last months.
Größe, café, naïve, Ωmega, русский текст, 日本語のテキスト, 机器学习 是 人工智能 的 分支, emoji 🐳 and (brackets) [too] {here}!
sleeping whales slept and sleepless sailors sailed by; reranking models score passages by query, token after token.
""".splitlines()
QUERIES = ["how do whales sleep?", "Größe: café 机器学习", "apple\tbattery  life", "🐳"]
PASSAGES = [
    "The whale sleeps.",
    "They rest one half of the brain at a time, so that they keep surfacing to breathe.",
    "Ωmega-3, naïve? русский текст (日本語のテキスト) [too]",
    "An Apple phone's battery\nlasts a day;\r\nred apples last months!  " * 4,
    "x",
    "機械学習は人工知能の一分野です。" * 12,
    "café au lait e\u0301 ﬁne ½ ①",
]


# Tokenizers: as the families' own, of a small vocabulary.


def wordpiece(lowercase, cls, sep, pad, unk, mask, pair):
    tokenizer = Tokenizer(models.WordPiece(unk_token=unk))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = [pad, unk, cls, sep, mask]
    tokenizer.train_from_iterator(TEXTS, trainers.WordPieceTrainer(vocab_size=300, special_tokens=specials))
    return templated(tokenizer, cls, sep, pair)


def bytes_bpe(specials, cls, sep, pair, prefix_space=False):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix_space)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    return templated(tokenizer, cls, sep, pair) if pair else tokenizer


def templated(tokenizer, cls, sep, pair):
    ids = [(token, tokenizer.token_to_id(token)) for token in (cls, sep)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{cls} $A {sep}", pair=pair, special_tokens=ids)
    return tokenizer


def unigram(converter, rule, **specials):
    """A SentencePiece model, converted by transformers as those of the hub were."""
    with tempfile.TemporaryDirectory() as folder:
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(TEXTS), model_writer=model, vocab_size=260, normalization_rule_name=rule,
            hard_vocab_limit=False, minloglevel=2, **specials,
        )
        path = Path(folder) / "spm.model"
        path.write_bytes(model.getvalue())
        return converter(path)


def converted(convert):
    """Transformers' converter of a slow tokenizer, fed with a SentencePiece file alone."""
    from transformers.convert_slow_tokenizer import DebertaV2Converter, XLMRobertaConverter

    def run(path):
        class Slow:
            vocab_file = str(path)
            do_lower_case = False
            split_by_punct = False
            added_tokens_decoder = {}
            def convert_tokens_to_ids(self, token):
                return SLOW_IDS[convert].get(token, 3)

        return {"xlmr": XLMRobertaConverter, "deberta": DebertaV2Converter}[convert](Slow()).converted()

    return run


SLOW_IDS = {
    "xlmr": {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3},
    "deberta": {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "[UNK]": 3},
}


def bert_like(**more):
    return wordpiece(True, "[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]", "[CLS] $A [SEP] $B:1 [SEP]:1", **more)


def roberta():
    return bytes_bpe(["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "<s>", "</s>", "<s> $A </s> </s> $B </s>")


def fast(tokenizer, inputs, **specials):
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=LENGTH, model_input_names=inputs, **specials
    )


BERT = dict(cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]", unk_token="[UNK]", mask_token="[MASK]")
ROBERTA = dict(cls_token="<s>", sep_token="</s>", bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>")
TYPED = ["input_ids", "token_type_ids", "attention_mask"]
UNTYPED = ["input_ids", "attention_mask"]


# Families.


def families():
    t = transformers
    yield "bert", bert_like(), TYPED, BERT, t.BertConfig, dict(SIZES, max_position_embeddings=LENGTH), 1
    yield "bert-two-labels", bert_like(), TYPED, BERT, t.BertConfig, dict(SIZES, max_position_embeddings=LENGTH), 2
    yield "electra", bert_like(), TYPED, BERT, t.ElectraConfig, dict(
        SIZES, embedding_size=8, max_position_embeddings=LENGTH), 1
    yield "distilbert", bert_like(), UNTYPED, BERT, t.DistilBertConfig, dict(
        dim=16, n_layers=2, n_heads=2, hidden_dim=32, max_position_embeddings=LENGTH), 1
    yield "mpnet", wordpiece(
        True, "<s>", "</s>", "<pad>", "[UNK]", "<mask>", "<s> $A </s> </s> $B </s>"
    ), UNTYPED, dict(ROBERTA, unk_token="[UNK]"), t.MPNetConfig, dict(
        SIZES, max_position_embeddings=LENGTH + 2, pad_token_id=0), 1
    yield "roberta", roberta(), UNTYPED, ROBERTA, t.RobertaConfig, dict(
        SIZES, max_position_embeddings=LENGTH + 2, pad_token_id=1), 1
    yield "xlm-roberta", unigram(converted("xlmr"), "nmt_nfkc"), UNTYPED, ROBERTA, t.XLMRobertaConfig, dict(
        SIZES, max_position_embeddings=LENGTH + 2, pad_token_id=1), 1
    yield "deberta-v2", unigram(
        converted("deberta"), "identity", pad_id=0, bos_id=1, eos_id=2, unk_id=3,
        pad_piece="[PAD]", bos_piece="[CLS]", eos_piece="[SEP]", unk_piece="[UNK]",
    ), TYPED, {k: v for k, v in BERT.items() if k != "mask_token"}, t.DebertaV2Config, dict(
        SIZES, max_position_embeddings=LENGTH, relative_attention=True, position_buckets=8, norm_rel_ebd="layer_norm",
        share_att_key=True, pos_att_type=["p2c", "c2p"], type_vocab_size=0, position_biased_input=False), 1
    yield "modernbert", bytes_bpe(
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], "[CLS]", "[SEP]", "[CLS] $A [SEP] $B [SEP]"
    ), UNTYPED, BERT, t.ModernBertConfig, dict(
        SIZES, max_position_embeddings=64, pad_token_id=0, cls_token_id=2, bos_token_id=2, sep_token_id=3,
        eos_token_id=3, local_attention=8, attn_implementation="eager", reference_compile=False), 1
    if hasattr(t, "NomicBertConfig"):
        yield "nomic-bert", bert_like(), TYPED, BERT, t.NomicBertConfig, dict(
            SIZES, max_position_embeddings=LENGTH, pad_token_id=0), 1


def model_of(config_class, settings, tokenizer, labels):
    config = config_class(vocab_size=tokenizer.get_vocab_size() + 1, num_labels=labels, **settings)
    if labels == 2:
        config.id2label, config.label2id = {0: "not_relevant", 1: "relevant"}, {"not_relevant": 0, "relevant": 1}
    config._attn_implementation = "eager"
    model = transformers.AutoModelForSequenceClassification.from_config(config).eval()
    torch.manual_seed(7)
    for name, weight in model.named_parameters():
        if weight.dim() > 1:
            torch.nn.init.normal_(weight, std=1 / weight.shape[-1] ** 0.5 if "embeddings" not in name else 1)
        elif "norm" not in name.lower():
            torch.nn.init.normal_(weight, std=0.1)
    return model


def export(model, inputs, path, output="logits"):
    wrapped = {name: torch.ones(2, 9, dtype=torch.int64) for name in inputs}
    wrapped["attention_mask"][1, 6:] = 0  # a mask of ones alone would be traced away
    if "token_type_ids" in wrapped:
        wrapped["token_type_ids"] = torch.zeros(2, 9, dtype=torch.int64)

    class Logits(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *values):
            return self.model(**dict(zip(inputs, values)))[output]

    torch.onnx.export(
        Logits().eval(), tuple(wrapped[name] for name in inputs), str(path), input_names=inputs, output_names=[output],
        dynamic_axes={name: {0: "batch", 1: "sequence"} for name in inputs}
        | {output: {0: "batch"} if output == "logits" else {0: "batch", 1: "sequence"}},
        opset_version=17, dynamo=False,
    )
    graph = onnx.load(str(path))
    del graph.metadata_props[:]
    for node in graph.graph.node:
        node.ClearField("doc_string")
    onnx.save(graph, str(path))


# ColBERTs: PyLate's layout with its projection beside the graph, and Stanford's. The rules are PyLate's, restated.


PUNCTUATION = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def colberts():
    pylate = dict(model_type="ColBERT", similarity_fn_name="MaxSim", query_prefix="[Q] ", document_prefix="[D] ",
                  query_length=14, document_length=24, skiplist_words=PUNCTUATION)
    yield "colbert", dict(pylate, do_query_expansion=True, attend_to_expansion_tokens=False), [(16, 8, {})]
    yield "colbert-attending", dict(pylate, attend_to_expansion_tokens=True, skiplist_words=[]), [(16, 8, {})]
    yield "colbert-two-layers", dict(pylate, do_query_expansion=False, skiplist_words=[",", ".", "no token"]), [
        (16, 24, dict(bias=True, use_residual=True, activation="torch.nn.modules.activation.SiLU")),
        (24, 24, dict(use_residual=True)),
        (24, 6, {}),
    ]
    yield "colbert-stanford", None, [(16, 8, {})]


ACTIVATIONS = {
    "torch.nn.modules.linear.Identity": torch.nn.Identity(), "torch.nn.modules.activation.SiLU": torch.nn.SiLU()
}


def project(states, layers, tensors):
    for i, (size_in, size_out, more) in enumerate(layers):
        kept = tensors[i]
        out = states @ kept["linear.weight"].T
        if "linear.bias" in kept:
            out = out + kept["linear.bias"]
        out = ACTIVATIONS[more.get("activation", "torch.nn.modules.linear.Identity")](out)
        if more.get("use_residual"):
            out = out + (states @ kept["residual.weight"].T if size_in != size_out else states)
        states = out
    return torch.nn.functional.normalize(states, p=2, dim=-1)


def colbert(name, config, layers):
    from safetensors.torch import save_file

    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    tokenizer = bert_like()
    markers = ("[Q] ", "[D] ") if config else ("[unused0]", "[unused1]")
    tokenizer.add_tokens(list(markers))
    reference = fast(tokenizer, TYPED, **BERT)
    reference.save_pretrained(folder)
    settings = dict(SIZES, max_position_embeddings=LENGTH, vocab_size=tokenizer.get_vocab_size() + 1)
    config_bert = transformers.BertConfig(**settings)
    config_bert._attn_implementation = "eager"
    model = transformers.BertModel(config_bert, add_pooling_layer=False).eval()
    torch.manual_seed(9)
    for weight in model.parameters():
        if weight.dim() > 1:
            torch.nn.init.normal_(weight, std=1 / weight.shape[-1] ** 0.5)
    tensors = []
    for i, (size_in, size_out, more) in enumerate(layers):
        kept = {"linear.weight": torch.randn(size_out, size_in) / size_in ** 0.5}
        if more.get("bias"):
            kept["linear.bias"] = torch.randn(size_out) / 4
        if more.get("use_residual") and size_in != size_out:
            kept["residual.weight"] = torch.randn(size_out, size_in) / size_in ** 0.5
        tensors.append(kept)
    model.config.architectures = ["BertModel"] if config else ["HF_ColBERT"]
    model.config.save_pretrained(folder)
    if config:
        modules = [dict(idx=0, name="0", path="", type="sentence_transformers.models.Transformer")]
        for i, (size_in, size_out, more) in enumerate(layers):
            path = f"{i + 1}_Dense"
            modules.append(dict(idx=i + 1, name=str(i + 1), path=path, type="pylate.models.Dense.Dense"))
            (folder / path).mkdir()
            dense = dict(in_features=size_in, out_features=size_out, bias=bool(more.get("bias")),
                         activation_function=more.get("activation", "torch.nn.modules.linear.Identity"),
                         use_residual=bool(more.get("use_residual")))
            (folder / path / "config.json").write_text(json.dumps(dense, indent=1))
            save_file(tensors[i], folder / path / "model.safetensors")
        (folder / "modules.json").write_text(json.dumps(modules, indent=1))
        (folder / "config_sentence_transformers.json").write_text(json.dumps(config, indent=1))
        rules = config
    else:
        metadata = dict(query_token_id="[unused0]", doc_token_id="[unused1]", query_maxlen=14, doc_maxlen=24, dim=8,
                        similarity="cosine", attend_to_mask_tokens=False, mask_punctuation=True)
        (folder / "artifact.metadata").write_text(json.dumps(metadata, indent=1))
        save_file(tensors[0], folder / "model.safetensors")
        rules = dict(query_prefix="[unused0]", document_prefix="[unused1]", query_length=14, document_length=24,
                     skiplist_words=PUNCTUATION)
    for extra in folder.iterdir():
        if extra.name in ("special_tokens_map.json", "added_tokens.json"):
            extra.unlink()
    export(model, TYPED, folder / "model.onnx", "last_hidden_state")

    def vectors(text, query):
        length = rules["query_length" if query else "document_length"]
        marker = reference.convert_tokens_to_ids(rules["query_prefix" if query else "document_prefix"])
        expands = query and rules.get("do_query_expansion", True)
        made = reference(text, truncation=True, max_length=length - 1)
        ids = [made["input_ids"][0], marker] + made["input_ids"][1:]
        mask = [1] * len(ids)
        if expands:
            missing = length - len(ids)
            ids += [reference.mask_token_id] * missing
            mask += [1 if rules.get("attend_to_expansion_tokens") else 0] * missing
        batch = dict(input_ids=torch.tensor([ids]), attention_mask=torch.tensor([mask]),
                     token_type_ids=torch.zeros(1, len(ids), dtype=torch.int64))
        with torch.no_grad():
            states = project(model(**batch).last_hidden_state[0], layers, tensors)
        if not query:
            skipped = {reference.convert_tokens_to_ids(word) for word in rules["skiplist_words"]}
            states = states[[i for i, each in enumerate(ids) if each not in skipped]]
        whole = len(reference(text)["input_ids"]) + 1
        return states, ids, whole > length

    for query in QUERIES:
        asked, _, cut = vectors(query, True)
        assert not cut, query
        read = [vectors(passage, False) for passage in PASSAGES]
        yield dict(name=name, query=query, passages=PASSAGES, ids=[ids for _, ids, _ in read],
                   logits=[float((asked @ states.T).max(dim=1).values.double().sum()) for states, _, _ in read],
                   truncated=[cut for _, _, cut in read])


def main():
    goldens = []
    for made in colberts():
        goldens.extend(colbert(*made))
        print(made[0], np.std([golden["logits"] for golden in goldens[-len(QUERIES):]]))
    for name, tokenizer, inputs, specials, config_class, settings, labels in families():
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        model = model_of(config_class, settings, tokenizer, labels)
        reference = fast(tokenizer, inputs, **specials)
        model.config.save_pretrained(folder)
        reference.save_pretrained(folder)
        for extra in folder.iterdir():
            if extra.name not in ("config.json", "tokenizer.json", "tokenizer_config.json"):
                extra.unlink()
        export(model, inputs, folder / "model.onnx")
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
        wanted = {each.name for each in session.get_inputs()}
        for query in QUERIES:
            logits, ids, truncated = [], [], []
            for passage in PASSAGES:
                batch = reference([query], [passage], truncation="only_second", max_length=LENGTH, return_tensors="pt")
                whole = reference([query], [passage])["input_ids"][0]
                with torch.no_grad():
                    out = model(**batch).logits[0].double().numpy()
                made = session.run(None, {k: v.numpy() for k, v in batch.items() if k in wanted})[0][0]
                assert np.abs(made - out).max() < 1e-4, (name, made, out)
                logits.append(float(out[0] if labels == 1 else out[1] - out[0]))
                ids.append(batch["input_ids"][0].tolist())
                truncated.append(len(whole) > LENGTH)
            goldens.append(dict(name=name, query=query, passages=PASSAGES, logits=logits, ids=ids, truncated=truncated))
        spread = np.std([g["logits"] for g in goldens[-len(QUERIES):]])
        size = sum(each.stat().st_size for each in folder.iterdir())
        print(f"{name}: logits spread {spread:.3f}, inputs {sorted(wanted)}, {size // 1000} KB")
    lines = [json.dumps(golden, ensure_ascii=False) for golden in goldens]
    (HERE / "goldens.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
