"""What reports count, as SQL: parts of statements, and the few lines worked out beside them."""
