"""Stand-ins of the places captions go to: each checks the documented shape strictly, and can be made to fail."""
