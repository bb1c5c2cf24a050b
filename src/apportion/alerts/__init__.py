"""Who is told of what, once."""
