"""Invoices, the money received for them and whoever may act on them, kept together with proof."""

__version__ = "0.1.0.dev0"
