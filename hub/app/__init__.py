"""The applications: command line, later page, API and daemon; `bootstrap` is the one place that wires."""
