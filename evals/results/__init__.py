"""What a run found out: read from its journal or its columns, counted, and laid out in pages."""
