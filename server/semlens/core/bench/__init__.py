"""Measures how well search works on the user's own code, by queries made from docstrings.

docstring_queries   a docstring as a query
corpus              the files and the queries
evaluation          the ranks of the answers
"""
