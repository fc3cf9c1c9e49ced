"""What a public server gets to hear from those who wish it ill, and the rules for its answers."""
