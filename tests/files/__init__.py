"""The door: files that people write, read and refused."""
