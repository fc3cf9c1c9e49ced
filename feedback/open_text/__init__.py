"""What people wrote: themes, mentions, near-duplicates and the codes of staff."""
