"""Taking responses in, finding them again, and what staff do with them."""
