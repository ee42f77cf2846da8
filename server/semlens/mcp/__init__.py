"""The search for coding agents: a server of the Model Context Protocol, as light as the language server.

sdk             what is used of the official SDK, and no more of it
server          the tools, listed and called, over `stdio` or `http`
agent           one client: its folders, its engine, its conversation
roots           the folders that the client may ask about
conversation    what was sent before, and the rest of each answer
malformed       lines that are no message, answered
arguments       a tool's arguments: their schema, and how they are read
tools/          a module a tool
setup/          the configuration files of agents
"""
