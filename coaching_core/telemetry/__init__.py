"""What calls and requests leave behind for those who watch: log lines, metrics, traces. Never a text of anybody."""
