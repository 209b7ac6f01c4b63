"""What banks and payers write, read without knowing what is open."""
