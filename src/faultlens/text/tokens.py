"""A sentence, English or Chinese or both, cut into words of known kind."""

import re
from dataclasses import dataclass
from functools import lru_cache

from faultlens.text.lexicon import (
    AMBIGUOUS_PARTS,
    CHINESE,
    DAMAGE_PATTERN,
    ENGLISH,
    NO_TYPOS,
    RACE_WORDS,
    TYPO_TARGETS,
    Kind,
)
from faultlens.text.spelling import folded, one_slip_apart


@dataclass(frozen=True)
class Token:
    """One word and what it stands for.

    Args:
        word: in its folded spelling.
        kind: what it does in the sentence.
    """

    word: str
    kind: Kind

    @property
    def ambiguous(self) -> bool:
        """Whether the word names a part but means other things outside a bearing."""
        return self.word in AMBIGUOUS_PARTS


_PART_WORD = (
    r"(?:inner|outer|ball|roller|element|cage|retainer|内圈|外圈|滚动体|滚珠|滚子|钢球|保持)"
)
_RING = r"(?:races?|rings?|raceways?)"
_NO_PART = rf"(?:(?!{_PART_WORD})[^,;.。])"

# Sayings whose words would mislead one by one, rewritten in this order.
_REWRITES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"n['’]t\b", " not"),
        (r"['’]s\b", ""),
        (r"[-_‐-―]+", " "),
        (r"\b(inner|outer)(?=race|ring)", r"\1 "),
        # 内外圈 is two rings
        (r"内[、/和与及跟]?外两?(?=圈|环|滚道|套圈|座圈|沟道)", "内圈和外"),
        (r"外[、/和与及跟]?内(?=圈|环|滚道|套圈|座圈|沟道)", "外圈和内"),
        (r"两个?(?:套圈|滚道)", "内圈和外圈"),
        # frequencies: "ball pass frequency of the outer race" speaks of no ball
        (rf"\bball pass(?:ing)? frequency,?(?: of)?(?: the)? outer(?: {_RING})?", " bpfo "),
        (rf"\bball pass(?:ing)? frequency,?(?: of)?(?: the)? inner(?: {_RING})?", " bpfi "),
        (r"\b(?:ball|roller|element) spin frequency|\bspin frequency of the \w+", " bsf "),
        (r"\b\d+ ?[x×*]? ?(?=bsf|bpfo|bpfi|ftf)", " "),
        (r"\bfundamental train frequency\b", " ftf "),
        # sidebands at cage speed tell of a ball as well as of the cage
        (
            r"\b(?:sidebands?|modulat\w*|spac\w+)(?: (?:at|by|of|the|with|spaced|from|to|in))* "
            r"(?:ftf|cage)\b(?: (?:frequency|speed|rate|rotation))?",
            " cagerate ",
        ),
        (
            r"\b(?:ftf|cage)(?: (?:frequency|speed|rate|rotation))? (?:sidebands?|modulat\w*)",
            " cagerate ",
        ),
        (r"(?:ftf|保持架(?:转频|频率)?)的?(?:边带|边频|调制)", " cagerate "),
        (r"\b(?:without|with no|no)(?: \w+)? sidebands?\b|无(?:明显)?(?:边带|边频)", " "),
        # a cage named after what it holds
        (r"\b(?:ball|roller|needle) (?=cage|retainer|separator)", " "),
        (r"\bflat spots?\b", " dent "),
        # a kind of bearing is no damaged part
        (
            r"\b(?:deep groove|angular contact|self aligning|spherical|cylindrical|taper(?:ed)?|"
            r"needle)(?: roller| ball)?(?= bearings?\b)",
            " ",
        ),
        (r"\b(?:ball|roller|rolling element|rolling)(?= bearings?\b)", " typeofbearing "),
        (r"(?:深沟|角接触|调心|推力|圆柱|圆锥|球面)*(?:球|滚子|滚珠|滚针|滚柱|滚动)轴承", "轴承"),
        (r"\b(?:squirrel|bird) cage|\bball (?:screw|valve|joint|mill|game)s?", " rotor "),
        (r"\broller (?:chain|coaster|blind)s?|\boil separators?|\bconveyor rollers?", " rotor "),
        # causes
        (
            rf"(?:due to|caused by|because of|owing to|as a result of|resulting from|induced by)"
            rf"{_NO_PART}*",
            " ",
        ),
        (rf"(?:由于|由|因){_NO_PART}*?(?:造成|引起|导致|所致)的?", " "),
        # health and its negation
        (r"\b(?:defect|fault|damage|trouble|problem)s? free\b", " undamaged "),
        (r"\bfree (?:of|from)\b", " without "),
        (r"\bno longer\b", " not "),
        (r"\b(?:normal|good|nominal) (?:load|speed|lubrication|temperature|signal|quality)", " "),
        (r"\bnothing (?:is )?(?:wrong|abnormal)\b", " no fault "),
        (r"\b(?:as|like) new\b", " new "),
        # how parts are joined
        (r"\bnot only\b", " "),
        (r"\bbut also\b|\bas well as\b|\balong with\b|\btogether with\b|[&+/]", " and "),
        (r"\b(?:rather than|instead of|other than|but not)\b", " , not "),
        (r"\b(?:except(?: for)?|apart from)\b", " else but "),
        (r"\bnor\b", " or "),
        (rf"\b(?:both|each)(?: of)?(?: the)?(?: bearing)? {_RING}", " inner race and outer race "),
        (r"\brolling elements?\b", " roller "),
        (r"而非|而不是", "但不是"),
    )
)
_PIECE = re.compile(r"[a-z]+|[,;.:!?]|[^\x00-\x7f]+")
_CHINESE_LONGEST = max(map(len, CHINESE))
_MARKS = {",": Kind.COMMA, ";": Kind.BREAK, ".": Kind.BREAK, ":": Kind.FILLER}


@lru_cache(maxsize=4096)
def tokens_of(sentence: str) -> tuple[Token, ...]:
    """The words of a sentence, each with its kind.

    Example:
        >>> [(token.word, token.kind.name) for token in tokens_of("Inner ring is fine")]
        [('inner race', 'INNER'), ('is', 'FILLER'), ('fine', 'HEALTH')]
        >>> [token.kind.name for token in tokens_of("外圈剥落")]
        ['OUTER', 'DAMAGE']
    """
    text = folded(_spelled_out(sentence))
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    tokens: list[Token] = []
    for piece in _PIECE.findall(text):
        if piece.isascii():
            tokens.append(_english(piece))
        else:
            tokens.extend(_chinese(piece))
    return tuple(_sides(tokens))


def _spelled_out(sentence: str) -> str:
    # "OR" abbreviates outer race only where small letters around show that it is no shouted "or".
    sentence = re.sub(r"\bIR\b", "inner race", sentence)
    if re.search(r"[a-z]", sentence) or re.match(r"\s*OR\b", sentence):
        sentence = re.sub(r"\bOR\b", "outer race", sentence)
    return sentence


def _english(word: str) -> Token:
    if word in _MARKS:
        return Token(word, _MARKS[word])
    if word in ENGLISH:
        return Token(word, ENGLISH[word])
    if DAMAGE_PATTERN.fullmatch(word):
        return Token(word, Kind.DAMAGE)
    if word in ("inner", "outer", "internal", "external", "inside", "outside"):
        return Token(word, Kind.UNKNOWN)  # decided by the next word, see _sides
    if len(word) >= 4 and word not in NO_TYPOS:
        for target in TYPO_TARGETS:
            if word[0] == target[0] and one_slip_apart(word, target):
                return _english(target)
    return Token(word, Kind.UNKNOWN if len(word) > 1 else Kind.FILLER)


def _chinese(run: str) -> list[Token]:
    tokens = []
    at = 0
    while at < len(run):
        for length in range(min(_CHINESE_LONGEST, len(run) - at), 0, -1):
            word = run[at : at + length]
            if word in CHINESE:
                tokens.append(Token(word, CHINESE[word]))
                break
        else:
            length = 1
            tokens.append(Token(run[at], Kind.UNKNOWN))
        at += length
    return tokens


def _sides(tokens: list[Token]) -> list[Token]:
    """Decide for each inner and outer whether it names a ring, and swallow the word ring."""
    result: list[Token] = []
    swallowed = -1
    for at, token in enumerate(tokens):
        if at == swallowed:
            continue
        side = {"inner": Kind.INNER, "internal": Kind.INNER, "inside": Kind.INNER}.get(token.word)
        if token.word in ("outer", "external", "outside"):
            side = Kind.OUTER
        if side is None:
            result.append(token)
            continue
        after = at + 1
        while after < len(tokens) and tokens[after].word in ("bearing", "bearings"):
            after += 1
        following = tokens[after] if after < len(tokens) else None
        if following is not None and _is_ring(following.word):
            result.append(Token(f"{token.word} race", side))
            swallowed = after
        elif token.word in ("inner", "outer") and (
            after > at + 1
            or following is None
            or following.kind is not Kind.UNKNOWN
            or following.word in ("inner", "outer")
        ):
            result.append(Token(token.word, side))
        else:
            result.append(token)
    return result


def _is_ring(word: str) -> bool:
    return word in RACE_WORDS or any(one_slip_apart(word, ring) for ring in ("race", "ring"))
