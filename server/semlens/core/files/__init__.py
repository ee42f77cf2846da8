"""Which files belong to the index, what they hold, and when they change.

ignore      the one predicate that the walk and the watch share
walk        everything that is there now
source      one file's text, read so that nothing can block or lead astray
watch       what changed, until it equals a fresh walk
"""
