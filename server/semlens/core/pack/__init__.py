"""Packs code into a budget of tokens: one way for agents, the terminal and the editor.

types       the passages that go in, the limits, and what comes out
passages    a hit as a passage: its signature and its telling lines
steps       the order in which lines are added to an answer
rendering   an answer as text and as structured content
packer      as many steps as the budget holds, counted exactly

pieces      the pieces of code that go into a prompt, and the prompt
imports     the imports of a file that some of its code needs
nesting     pieces that share lines
context     a prompt: whole definitions, then signatures, then a receipt
markdown    a piece as Markdown: its heading, its imports, its code with what is elided

Pure functions: the tokenizer comes as a function that counts. Nothing is imported here, because the language
server needs some of the values, and none of the work.
"""
