"""Tokenizers of every kind behind one protocol: how many tokens a model makes of a text, and which.

types           the protocol, and what a tokenizer makes of a text
library         a tokenizer by its name, loaded once; the list of those that are there
catalogue       the tokenizers that Semlens knows by name
models          the windows and special tokens of the models behind them
byte_pair       OpenAI's encodings, which are always there
json_file       a `tokenizer.json`: BPE, WordPiece or Unigram, by the library `tokenizers`
tiktoken_file   a tiktoken file, by the library `tiktoken`
sentence_piece  a SentencePiece `.model`, by the library `sentencepiece`
plain           words and characters, to compare with
view            a text cut by a tokenizer, to look at, and where two cuts differ
lesson          what a strategy did with a text, in a line
files           write a file whole
fetch           get a tokenizer's file from the package that carries it
train           learn a tokenizer from texts
"""
