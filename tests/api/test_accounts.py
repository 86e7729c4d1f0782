from tests.api.clients import Api
from tests.api.communities import Community


async def test_a_viewer_has_roles_and_perhaps_an_account(api: Api, community: Community) -> None:
    await community.join("ada")
    assert await api.query("viewer") == {"viewer": None}
    assert await api.query("viewer", token=api.token("nobody", "server")) == {
        "viewer": {"account": None, "roles": ["server"]}
    }
    assert await api.query("viewer", token=community.token("ada", "analyst", "operator")) == {
        "viewer": {
            "account": {
                "id": community.id("ada"),
                "handle": "ada",
                "displayName": "Ada",
                "joinedAt": "2026-09-21T14:13:20+00:00",
            },
            "roles": ["analyst", "operator"],
        }
    }
