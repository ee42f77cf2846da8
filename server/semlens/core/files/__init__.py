"""The files of a workspace: which belong to the index, their text, and their changes.

Where a new rule goes that keeps files out of the index:

secrets       names of files that may hold secrets; nothing lets them in
not_source    names and extensions of files without source, folders of tools, lock files
name_rules    the rules that read a name alone; it applies the two lists above
git/          git's ignore rules, tracked files and settings, read without running git
folder_rules  the ignore rules inside one folder
globs         the editor's globs: `files.exclude`, `search.exclude`, `semlens.exclude`
membership    the order of all rules above, and `.semlensignore`: one answer for a path
source        rules on a file's text: minified, generated, a private key, not a text

The rest applies the rules:

walk          every file that belongs now
watch/        paths that changed since
role          the role of a file in its project: source, test, document and the like
"""
