"""What the fields that give impression tokens have in common."""

IMPRESSION = (
    "Proof that the viewer was shown this now, good for a day, for `recordInteractions`. Null without an account, and "
    "for what nothing can be reported of."
)
