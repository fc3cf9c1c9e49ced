"""What people say in words: themes, names, voices, codes, all on plain arrays and texts."""
