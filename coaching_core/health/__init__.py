"""How well the workbench and its models are doing: alert rules as data, their states, who is told, and the boards."""
