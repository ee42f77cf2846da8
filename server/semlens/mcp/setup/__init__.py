"""Sets Semlens up in the configuration files of agents.

clients     where each agent keeps its servers, and what it calls an entry
jsonc       edit JSON with comments, leaving everything else as it is
toml        the same for a table of TOML
changes     the change of one file: its new text, its backup, its writing
"""
