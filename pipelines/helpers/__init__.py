"""What the stages share: worker processes, names, documents."""
