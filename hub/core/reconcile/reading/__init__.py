"""What a text says of the open items: numbers, however they are written, months, and for whom it is paid."""
