"""What ``make bench`` runs: figures beside their targets. Nothing here asserts, and nothing leaves this machine."""
