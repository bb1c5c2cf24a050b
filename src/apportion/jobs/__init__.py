"""What runs on a schedule; each job may run twice without harm."""
