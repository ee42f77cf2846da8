"""Count tokens: of definitions, texts and folders. The hover, the terminal and folder counts share it."""
