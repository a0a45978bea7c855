"""Which of many texts a few typed letters mean. Pure functions, any thread."""

_NEVER = -(10**9)


def score(letters: str, text: str) -> int | None:
    """How well letters that appear in a text in their order, in any case, stand for it; None where they do not.

    Letters that begin words count most, then those that follow each other; of equal ones the shorter text wins.
    """
    wanted = [letter for letter in letters.casefold() if not letter.isspace()]
    folded = text.casefold()
    best = _best(wanted, folded)
    return None if best is None else best * 100 - len(folded)


def ranked(letters: str, texts: list[str]) -> list[int]:
    """The places of the texts that the letters can mean, best first; all in their order for no letters."""
    scored = [(score(letters, text), at) for at, text in enumerate(texts)]
    if not letters.strip():
        return list(range(len(texts)))
    return [at for _, at in sorted((-found, at) for found, at in scored if found is not None)]


def _best(wanted: list[str], text: str) -> int | None:
    """The best sum over all ways to place the letters, by one pass a letter."""
    within = [0] * (len(text) + 1)  # the best for the letters so far within so much of the text
    ending = [_NEVER] * (len(text) + 1)  # the same with the last letter at the end of it
    for letter in wanted:
        new_within, new_ending = [_NEVER] * (len(text) + 1), [_NEVER] * (len(text) + 1)
        for at, here in enumerate(text):
            if here == letter:
                begins = at == 0 or not text[at - 1].isalnum()
                new_ending[at + 1] = max(within[at] + (4 if begins else 1), ending[at] + (5 if begins else 3))
            new_within[at + 1] = max(new_within[at], new_ending[at + 1])
        within, ending = new_within, new_ending
    return within[-1] if within[-1] >= 0 else None
