"""Who paid: debtors found by account, by name, and by what people taught."""
