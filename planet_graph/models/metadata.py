"""Every table of the product, for migrations."""

from sqlmodel import SQLModel

from planet_graph.models import accounts, activity, follows, idempotency, log

MODULES = (accounts, activity, follows, idempotency, log)
METADATA = SQLModel.metadata
