"""The archive's formats, one file each: a transcript in, a text out."""
