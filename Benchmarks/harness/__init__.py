"""What `make bench` and `make counts` share. Python's standard library only."""
