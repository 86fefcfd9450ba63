"""Where audio comes from: files and microphones, as 16 kHz mono chunks on one sample timeline. A leaf."""
