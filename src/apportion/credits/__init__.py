"""Plans, credits, and what customers are entitled to."""
