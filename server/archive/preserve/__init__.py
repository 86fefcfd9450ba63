"""Keeping for decades: bags, manifests, audits, deposits, and an archive that needs no server."""
