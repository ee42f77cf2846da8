"""How alike two pieces of code are to a model, which words make them so, and how alike any two pieces are.

words       what each word adds to the cosine: exactly for the static model, else by leaving it out
background  the cosines of random pairs of a workspace's chunks, which say what a cosine is worth
"""
