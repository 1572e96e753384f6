"""What is seen: PySide6, thin."""
