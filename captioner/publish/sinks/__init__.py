"""Captions out to conferences: pure formats, one delivery machine, one HTTP client, and the thread that joins them."""
