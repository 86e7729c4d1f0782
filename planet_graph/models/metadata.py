"""Every table of the product, for migrations."""

from sqlmodel import SQLModel

from planet_graph.models import accounts, activity, blocks, erasures, follows, idempotency, log, mutes

MODULES = (accounts, activity, blocks, erasures, follows, idempotency, log, mutes)
METADATA = SQLModel.metadata
