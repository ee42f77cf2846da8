"""Start processes and talk to them over pipes. Runs in every process.

`spawn` starts them, `pipes` has the messages, `child` is a child process as its parent sees it, and
`parent` is the parent process as its child sees it.
"""
