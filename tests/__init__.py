"""Tests: claims about the package, in folders that mirror it."""
