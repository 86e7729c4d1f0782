"""Batches of one operation: what many fields of a level ask, in one statement."""
