"""What a version has to show before it is published, or a command before it exits with 0."""
