"""How the shorthand is read and written; `clinic.notation` is its door."""
