"""What we learn from closed answers, counted on frames."""
