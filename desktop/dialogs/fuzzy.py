"""Finds texts by a few typed letters. Pure functions, any thread."""

_NEVER = -(10**9)


def score(letters: str, text: str) -> int | None:
    """How well the letters match the text; None unless all appear in it, in their order and in any case.

    Letters at the beginning of a word count most, then letters in a row. The shorter of two equal texts wins.
    """
    wanted = [letter for letter in letters.casefold() if not letter.isspace()]
    folded = text.casefold()
    best = _best(wanted, folded)
    return None if best is None else best * 100 - len(folded)


def ranked(letters: str, texts: list[str]) -> list[int]:
    """The indices of the texts that match, best first. Without letters: all, in their order."""
    scored = [(score(letters, text), at) for at, text in enumerate(texts)]
    if not letters.strip():
        return list(range(len(texts)))
    return [at for _, at in sorted((-found, at) for found, at in scored if found is not None)]


def _best(wanted: list[str], text: str) -> int | None:
    """The best score over all placements of the letters, with one pass for each letter."""
    within = [0] * (len(text) + 1)  # by length of a prefix of the text: the best score of the letters so far in it
    ending = [_NEVER] * (len(text) + 1)  # the same, with the last letter at the end of the prefix
    for letter in wanted:
        new_within, new_ending = [_NEVER] * (len(text) + 1), [_NEVER] * (len(text) + 1)
        for at, here in enumerate(text):
            if here == letter:
                begins = at == 0 or not text[at - 1].isalnum()
                new_ending[at + 1] = max(within[at] + (4 if begins else 1), ending[at] + (5 if begins else 3))
            new_within[at + 1] = max(new_within[at], new_ending[at + 1])
        within, ending = new_within, new_ending
    return within[-1] if within[-1] >= 0 else None
