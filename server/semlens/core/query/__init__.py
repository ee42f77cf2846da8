"""All that is known of a query: its kind, names, terms and scope, worked out once."""

from semlens.core.query.query import Origin, Query, QueryKind, parse_query, parse_similar

__all__ = ["Origin", "Query", "QueryKind", "parse_query", "parse_similar"]
