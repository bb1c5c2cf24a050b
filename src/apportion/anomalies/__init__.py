"""What cost more, or less, than it usually does."""
