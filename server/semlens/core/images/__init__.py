"""The words by which an image is found: its own, and those of the files that use it.

svg        the words in an SVG image
mentions   where a text uses images, and what it says of them there
wording    all words of an image, put together
"""
