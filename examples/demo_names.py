"""Pronounceable names that nobody has, for the demo community."""

from random import Random

FIRST = (
    "al an bel bo ca cor da del eli fa fen ga hal ia jo ka len li ma mi na nel o pa ra ro sa sel ta ti u va ve wi yo za"
)
MIDDLE = "b d f g l m n r s t v z"
LAST = "a an ar en er ia in is o on or u"


def name(random: Random) -> str:
    """Invent a pronounceable name."""
    syllables = [random.choice(FIRST.split())]
    for _ in range(random.choice((1, 1, 2))):
        syllables.append(random.choice(MIDDLE.split()) + random.choice(LAST.split()))
    return "".join(syllables)
