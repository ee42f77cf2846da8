"""Notice changed files: by events of the operating system, or by polling.

watcher   reports changes; events defines its input
inotify   events on Linux
native    events on macOS and Windows
polling   changes without events
"""
