"""The server's addresses, one file a subject; each has `routes()`, and server/app.py puts them together."""
