"""Data of any size for measuring: what an installation has become after ten years, or a part of that."""
