"""What a text, a definition or a folder costs in tokens: one way to count, for the editor and the terminal.

A *count* is the number of tokens of a text in one tokenizer. A *cost* is the counts of a text, a definition
or a folder in the tokenizers that were asked for. The embedding model's count tells how search sees a text;
the others tell what a language model bills for it. `core.text.tokenizers` has them.

`text`, `definitions` and `folder` work costs out, and `live` counts a text while it changes; `types` has the
values that go in and come out. `around` finds the whole code around some lines, `context` packs it into a
prompt, and `whole` into passages for an agent. `worker` is a process that does it for the language server,
and `requests` are the requests to it. `types` and `requests` import no tokenizer.
"""
