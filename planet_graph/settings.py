"""What an installation may set, by the environment (prefix PLANET_)."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Where the product keeps its state and how long it waits.

    Units: seconds; `graph_seconds` is for one read of the graph. `database`, `graph` and `bus` are URLs; those left out
    live in `home`. `origins`: web pages that may ask from a browser, divided by commas; `localhost` stands for all
    pages of this machine. `heartbeat_seconds`: how long a subscription may be silent. `max_behind`: how many facts a
    subscriber may be behind; one that is further is told of a gap. `connections`: how many sockets and event streams a
    process takes, and how many of one account. `jwks_url`: where another issuer publishes the keys of its tokens;
    `jwks_issuer` and `jwks_audience`: what these tokens name.
    """

    model_config = SettingsConfigDict(env_prefix="PLANET_", extra="ignore")

    home: Path = Path(".planet")
    database: str = ""
    graph: str = ""
    graph_user: str | None = None
    graph_password: SecretStr | None = None
    bus: str = "memory:"
    origins: Annotated[list[str], NoDecode] = Field(default_factory=list[str])
    lease_seconds: float = 2.0
    applied_seconds: float = 1.0
    graph_seconds: float = 0.9
    heartbeat_seconds: float = Field(default=15, gt=0)
    max_behind: int = Field(default=100_000, ge=1)
    connections: int = Field(default=10_000, ge=1)
    connections_per_account: int = Field(default=10, ge=1)
    jwks_url: str = ""
    jwks_issuer: str = ""
    jwks_audience: str = "planet_graph"

    @field_validator("origins", mode="before")
    @classmethod
    def _divided(cls, value: object) -> object:
        """Take the origins of the environment apart at their commas."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @property
    def database_url(self) -> str:
        """The SQL database: a server's, or the file in the home."""
        return self.database or f"sqlite+aiosqlite:///{self.home.absolute()}/database.db"

    @property
    def graph_url(self) -> str:
        """The graph: a server's, or the file in the home."""
        return self.graph or f"sqlite:///{self.home.absolute()}/graph.db"

    @property
    def migrates_itself(self) -> bool:
        """Whether the SQL database is the home's own file, which may be migrated without asking."""
        return not self.database
