"""What is done with groups once they are found: measured, named, joined, edited, kept."""
