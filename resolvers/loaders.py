"""Batches of one operation: what many fields of a level ask, in one statement."""

from strawberry.dataloader import DataLoader

__all__ = ["DataLoader"]
