"""Operations: how they come in, what they cost, where they are kept."""
