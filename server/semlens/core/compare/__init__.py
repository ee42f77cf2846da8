"""How alike two pieces of code are to a model, which words make them so, and how alike any two pieces are.

words       what each word adds to the cosine: exactly for the static model, else by leaving it out
in_context  one word in several texts, to the static model and in each layer of a transformer
background  the cosines of random pairs of a workspace's chunks, which say what a cosine is worth
"""
