"""Sums of open amounts, and what is kept back of them."""
