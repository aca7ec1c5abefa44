"""What a sentence states: which parts are damaged, which are sound, or that all is well.

A sentence is cut into clauses at commas, conjunctions, and wherever a new part or a new "no" begins
after a finished statement. Each clause is damaged, sound or silent; a silent one takes the state of
the clause that it is listed with. "not" turns a clause round.
"""

from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise

from faultlens.text.lexicon import PARTS, Kind
from faultlens.text.tokens import Token, tokens_of


class State(Enum):
    """What a clause says of its part."""

    DAMAGED = "damaged"
    SOUND = "sound"
    SILENT = "silent"


@dataclass(frozen=True)
class Statement:
    """What a sentence states.

    Args:
        damaged: line families of the parts said to be damaged.
        sound: line families of the parts said to be in order.
        healthy: the bearing as a whole is said to be in order.
        objection: why the sentence cannot be used, in words; empty where it can.
    """

    damaged: frozenset[str] = frozenset()
    sound: frozenset[str] = frozenset()
    healthy: bool = False
    objection: str = ""


@dataclass
class _Clause:
    joined_by: Kind  # the conjunction before it
    tokens: list[Token] = field(default_factory=list)
    state: State = State.SILENT
    negated: bool = False
    opens_list: bool = False  # its "no" reaches parts named in later clauses

    def has(self, *kinds: Kind) -> bool:
        return any(token.kind in kinds for token in self.tokens)

    @property
    def parts(self) -> frozenset[str]:
        return frozenset(token.kind.value for token in self.tokens if token.kind in PARTS)

    @property
    def opens_with_not(self) -> bool:
        words = [t.kind for t in self.tokens if t.kind not in (Kind.FILLER, Kind.CONTEXT)]
        return words[:1] == [Kind.NOT]


NOT_OF_A_BEARING = "it does not seem to speak of a bearing"
"""The mildest objection: it names a part in words that other trades use too."""

NO_RACE_NAMED = "it does not say which race: inner or outer"
"""It may still say so in words that are not known here: the ring that turns."""

_JOINTS = (Kind.COMMA, Kind.AND, Kind.OR, Kind.BREAK)
_STATES = (Kind.DAMAGE, Kind.HEALTH)
_RACES = frozenset({"outer", "inner"})
_ALL_ROLLING = frozenset({"outer", "inner", "ball"})


def read_statement(sentence: str) -> Statement:
    """What the sentence states about a bearing.

    Example:
        >>> sorted(read_statement("outer race fault, inner race intact").damaged)
        ['outer']
        >>> read_statement("轴承没有任何损伤").healthy
        True
        >>> read_statement("raceway spalling").objection
        'it does not say which race: inner or outer'
    """
    tokens = _with_one_reading_of_cage_rate(tokens_of(sentence))
    if _is_bare_type(tokens):
        return Statement(damaged=frozenset({"ball"}))
    clauses = _clauses(tokens)
    for clause in clauses:
        clause.state = _own_state(clause)
    _carry_negation(clauses)
    _fill_silence(clauses)
    return _judge(tokens, clauses)


def _with_one_reading_of_cage_rate(tokens: tuple[Token, ...]) -> list[Token]:
    # Cage-speed modulation marks a ball fault where a ball or race is named, else the cage itself.
    other = any(token.kind in PARTS for token in tokens)
    kind = Kind.FILLER if other else Kind.CAGE
    return [Token(t.word, kind) if t.kind is Kind.CAGE_RATE else t for t in tokens]


def _is_bare_type(tokens: list[Token]) -> bool:
    # "A {} bearing" filled with the reference's label "ball": nothing else is said.
    kinds = {token.kind for token in tokens}
    return kinds <= {Kind.FILLER, Kind.CONTEXT} and any(t.word == "typeofbearing" for t in tokens)


def _clauses(tokens: list[Token]) -> list[_Clause]:
    clauses = [_Clause(Kind.BREAK)]
    for at, token in enumerate(tokens):
        clause = clauses[-1]
        if token.kind in _JOINTS:
            if clause.tokens:
                clauses.append(_Clause(token.kind))
            elif token.kind is not Kind.COMMA:
                clause.joined_by = token.kind
            continue
        finished = clause.has(*_STATES) and (clause.has(*PARTS) or token.kind is Kind.NOT)
        begins_anew = token.kind in PARTS and token.kind.value not in clause.parts
        if token.kind is Kind.NOT:
            rest = [t.kind for t in tokens[at + 1 :]]
            end = next((i for i, kind in enumerate(rest) if kind in _JOINTS), len(rest))
            begins_anew = any(kind in (*PARTS, *_STATES, Kind.RACE) for kind in rest[:end])
        if finished and begins_anew:
            clause = _Clause(Kind.COMMA)
            clauses.append(clause)
        clause.tokens.append(token)
    return [clause for clause in clauses if clause.tokens]


def _own_state(clause: _Clause) -> State:
    kinds = [token.kind for token in clause.tokens]
    clause.negated = kinds.count(Kind.NOT) % 2 == 1
    if clause.negated:
        after = kinds[kinds.index(Kind.NOT) :]
        first = next((kind for kind in after if kind in _STATES), None)
        if first is None:
            first = next((kind for kind in kinds if kind in _STATES), None)
        if first is Kind.HEALTH:
            return State.DAMAGED
        return State.SOUND if first or clause.has(*PARTS, Kind.RACE) else State.SILENT
    if Kind.DAMAGE in kinds:
        return State.DAMAGED
    return State.SOUND if Kind.HEALTH in kinds else State.SILENT


def _carry_negation(clauses: list[_Clause]) -> None:
    """ "no pitting, spalling or cracks": the "no" holds to the end of the list."""
    for at, clause in enumerate(clauses):
        if not (clause.negated and clause.state is State.SOUND):
            continue
        says_what = clause.has(Kind.DAMAGE)
        last = at
        for i in range(at + 1, len(clauses)):
            other = clauses[i]
            if other.joined_by is Kind.BREAK or other.has(Kind.NOT, Kind.HEALTH, Kind.REST):
                break
            if other.joined_by is Kind.OR:
                last = i
            elif other.joined_by is Kind.AND and not (other.has(*PARTS) and other.has(*_STATES)):
                last = i if says_what else last
        for other in clauses[at + 1 : last + 1]:
            other.state = State.SOUND
            clause.opens_list |= other.has(*PARTS, Kind.RACE)


def _fill_silence(clauses: list[_Clause]) -> None:
    for i in range(len(clauses) - 2, -1, -1):  # "inner and outer race fault"
        here, after = clauses[i], clauses[i + 1]
        listed = after.joined_by is not Kind.BREAK and not after.opens_with_not
        if _is_silent_part(here) and listed and not after.has(Kind.REST):
            here.state = after.state
    for before, here in pairwise(clauses):  # "inner race fault and outer race"
        if _is_silent_part(here):
            if before.state is State.DAMAGED and here.joined_by is not Kind.BREAK:
                here.state = State.DAMAGED
            elif before.state is State.SOUND and here.joined_by in (Kind.AND, Kind.OR):
                here.state = State.DAMAGED if before.has(Kind.NOT) else State.SOUND


def _is_silent_part(clause: _Clause) -> bool:
    return clause.state is State.SILENT and clause.has(*PARTS, Kind.RACE)


def _judge(tokens: list[Token], clauses: list[_Clause]) -> Statement:
    damaged: set[str] = set()
    sound: set[str] = set()
    for clause in clauses:
        parts = set(clause.parts)
        if clause.state is State.SOUND:
            sound |= parts | (_RACES if clause.has(Kind.RACE) and not parts & _RACES else set())
        else:  # a part named without a word on its state is the part in question
            damaged |= parts
    return Statement(
        damaged=frozenset(damaged | _compound_races(tokens, damaged)),
        sound=frozenset(sound),
        healthy=_is_healthy(tokens, clauses, damaged, sound),
        objection=_objection(tokens, clauses, damaged, sound),
    )


def _compound_races(tokens: list[Token], damaged: set[str]) -> frozenset[str]:
    # "comb" and "combined fault" without parts: both races, as in the reference's data set.
    compound = any(token.kind is Kind.COMPOUND for token in tokens)
    supported = not any(token.kind in (Kind.UNKNOWN, Kind.FOREIGN) for token in tokens)
    return _RACES if compound and supported and not damaged else frozenset()


def _is_healthy(
    tokens: list[Token], clauses: list[_Clause], damaged: set[str], sound: set[str]
) -> bool:
    if damaged or any(c.state is State.DAMAGED for c in clauses if not c.has(Kind.REST)):
        return False
    if sound:
        return sound >= _ALL_ROLLING
    kinds = [token.kind for token in tokens]
    supported = Kind.CONTEXT in kinds or Kind.UNKNOWN not in kinds
    whole = any(c.state is State.SOUND and not c.has(Kind.REST, Kind.FOREIGN) for c in clauses)
    return whole and supported


def _objection(
    tokens: list[Token], clauses: list[_Clause], damaged: set[str], sound: set[str]
) -> str:
    broken = [c for c in clauses if c.state is not State.SOUND]
    foreign = [t.word for c in broken for t in c.tokens if t.kind is Kind.FOREIGN]
    if foreign:
        return f"'{foreign[0]}' is no part of a bearing that the knowledge base knows"
    if both := damaged & sound:
        return f"it says of the {_named(both)} that it is damaged and that it is sound"
    races = [c for c in broken if c.has(Kind.RACE) and not c.parts]
    if races and not damaged & _RACES and not any(t.kind is Kind.COMPOUND for t in tokens):
        return NO_RACE_NAMED
    if damaged and any(c.joined_by is Kind.OR and c.parts for c in broken[1:]):
        return "it offers a choice; ask for each part in a sentence of its own"
    if damaged and _calls_whole_sound(clauses):
        return f"it calls the bearing healthy and the {_named(damaged)} damaged"
    if any(t.kind is Kind.COMPOUND for t in tokens) and len(damaged) == 1:
        return f"it names a compound fault but only one part: {_named(damaged)}"
    if damaged and not _supported(tokens):
        return NOT_OF_A_BEARING
    if not damaged and sound and not sound >= _ALL_ROLLING:
        return f"it only says that the {_named(sound)} is sound, not what is damaged"
    return ""


def _calls_whole_sound(clauses: list[_Clause]) -> bool:
    return any(
        c.state is State.SOUND
        and not c.opens_list
        and not c.has(*PARTS, Kind.REST, Kind.RACE, Kind.FOREIGN)
        for c in clauses
    )


def _supported(tokens: list[Token]) -> bool:
    # "he kicked the ball": a part that is also an everyday thing needs damage or a bearing with it.
    kinds = [token.kind for token in tokens]
    if any(token.kind in PARTS and not token.ambiguous for token in tokens):
        return True
    loose = any(token.word.startswith(("element", "cup", "cone", "separator")) for token in tokens)
    if Kind.DAMAGE in kinds and (not loose or Kind.UNKNOWN not in kinds):
        return True
    return Kind.CONTEXT in kinds or Kind.UNKNOWN not in kinds


def _named(families: set[str]) -> str:
    words = {"outer": "outer race", "inner": "inner race"}
    return " and ".join(words.get(family, family) for family in sorted(families))
