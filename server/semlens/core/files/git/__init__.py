"""Git's view of a folder, read without running git.

repository    a work tree: its git folder, its settings, its rules
ignore_file   the rules of one ignore file; wildmatch matches their patterns
config        git's configuration
tracked       the files in git's index
"""
