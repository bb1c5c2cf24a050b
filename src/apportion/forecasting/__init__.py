"""What cost will be by the end of the month and after, with how sure that is."""
