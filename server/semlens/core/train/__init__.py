"""Trains a model further on the user's own code: pairs of a question and the code that answers it.

plan              what to train, on what
pairs             pairs from docstrings and names; `history_pairs` from the history in git
split             which files teach, and which are held back; near copies do not teach
exam              how well vectors find the held-back code
learning          the loop: batches, checkpoints, the best weights so far
static_learner    the instant tier's table, in numpy; `deep_learner` a transformer, in torch
model_folder      the finished model with its card
stages            all of these together, in the folder of one training
worker            the process that runs them
"""
