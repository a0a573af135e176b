"""Models as admins see them: settings, prices of one's own, the provider matrix (ledger L1, L9)."""
