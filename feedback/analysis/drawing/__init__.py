"""Pictures of figures, drawn as SVG from plain values; each stands beside its own table."""
