"""What is remembered: SQLAlchemy over one encrypted SQLite file."""
