"""What is printed: plain clinic objects in, PDF bytes out."""
