"""Measurements: latency, accuracy, stability and cost, as ratios in one run against a named peer or limit."""
