"""The text tower's tokenizer: the teacher's English word pieces, and Chinese characters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

PAD, UNKNOWN, START = "[PAD]", "[UNK]", "[CLS]"
SPECIAL = (PAD, UNKNOWN, START)


@dataclass(frozen=True)
class Vocabulary:
    """Tokens of the tower, in the order of their ids.

    Args:
        english: word pieces that the teacher knows; their vectors come from it.
        learned: special tokens and characters whose vectors are learned; their ids follow.
    """

    english: tuple[str, ...]
    learned: tuple[str, ...]

    @property
    def ids(self) -> dict[str, int]:
        """Every token's id."""
        return {token: at for at, token in enumerate((*self.english, *self.learned))}


def vocabulary(teacher_tokens: Iterable[str], sentences: Sequence[str], common: str) -> Vocabulary:
    """The teacher's ASCII word pieces, and every other character that the sentences use.

    Args:
        teacher_tokens: all tokens of the teacher.
        sentences: the corpus.
        common: further characters that engineers use.

    Example:
        >>> vocabulary(["race", "[unused1]", "é"], ["外圈"], "轴").learned
        ('[PAD]', '[UNK]', '[CLS]', '圈', '外', '轴')
    """
    english = sorted(
        token for token in teacher_tokens if token.isascii() and not token.startswith("[")
    )
    normal = BertNormalizer(lowercase=True, strip_accents=True)
    used = set(normal.normalize_str(" ".join(sentences) + common))
    characters = sorted(c for c in used if not c.isascii() and not c.isspace())
    return Vocabulary(tuple(english), (*SPECIAL, *characters))


def tokenizer_of(vocabulary: Vocabulary, *, longest: int) -> Tokenizer:
    """A tokenizer with this vocabulary that cuts after `longest` tokens.

    Args:
        vocabulary: its tokens, with `SPECIAL` among them.
        longest: tokens kept of a sentence, [CLS] included.

    Example:
        >>> words = Vocabulary(("race", "outer"), (*SPECIAL, "圈", "外"))
        >>> tokenizer_of(words, longest=8).encode("Outer race 外圈").tokens
        ['[CLS]', 'outer', 'race', '外', '圈']
    """
    ids = vocabulary.ids
    tokenizer = Tokenizer(WordPiece(ids, unk_token=UNKNOWN))
    tokenizer.normalizer = BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=True, lowercase=True
    )
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single=f"{START} $A", special_tokens=[(START, ids[START])]
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.enable_truncation(longest)
    return tokenizer
