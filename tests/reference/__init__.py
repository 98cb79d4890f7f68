"""Independent answers: brute-force enumeration that shares no code with the package."""
