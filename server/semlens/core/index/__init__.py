"""The index of a workspace folder: how files get in, in what order, and how much each tier covers.

Nothing is imported here, because a worker that reads files needs little of it.
"""
