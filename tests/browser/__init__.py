"""The running product in a real browser."""
