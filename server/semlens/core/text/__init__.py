"""Text: its language, its words, its terms for the lexical index, its tokens for models.

languages       the language of a file; `language_table` has one entry a language
words           the words of a text
analyzer        the terms of the lexical index, made from words
word_families   terms that share a root
tokenizers/     every kind of tokenizer behind one protocol
tokens          counts of tokens as the embedding model makes them
wordpiece       the subwords of a word
"""
