"""All that is known of a query: its kind, terms, names and scope, worked out once."""
