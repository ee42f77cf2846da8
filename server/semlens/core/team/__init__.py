"""A team's store: a Chroma server with vectors by model and keyed hash, so that nobody embeds code twice."""
