"""Training of the text tower: the teacher's geometry, and one place per concept."""

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from faultlens.core.languages import LANGUAGES
from faultlens.core.progress import progress
from faultlens.models.encoders.encoder import DIM
from faultlens.models.encoders.text_tower import LONGEST_TOKENS, TextTower, TokenTable, shipped
from faultlens.training.grammar import read_common, read_glossary, read_worlds
from faultlens.training.hashes import hash_of
from faultlens.training.teacher import DIM as TEACHER_DIM
from faultlens.training.teacher import AbstractTeacher, MiniLM, teacher_folder
from faultlens.training.teacher_rows import remembered, word_vectors
from faultlens.training.text_recipe import TextRecipe
from faultlens.training.vocabulary import PAD, tokenizer_of, vocabulary
from faultlens.training.word_noise import WordNoise
from faultlens.training.wordings import Wording, draw_general, draw_wordings

_LENGTH_GROUPS = 4  # per batch; more make the matrices too small to be quick


@dataclass(frozen=True)
class TrainedTower:
    """What a training leaves.

    Args:
        module: the tower as it is shipped: int8 table, half-precision weights.
        tokenizer_json: its tokenizer, as `tokenizers` writes it.
        corpus_sha256: hash of every sentence that it was trained on, in order.
        figures: sizes, losses and seconds of the training.
    """

    module: TextTower
    tokenizer_json: str
    corpus_sha256: str
    figures: dict[str, float]


@dataclass(frozen=True)
class _Pool:
    """Sentences ready for drawing batches; row i of every field is sentence i."""

    ids: list[list[int]]
    meaning: NDArray[np.float32]  # (sentence, 384) the teacher's, zeros where it has none
    known: NDArray[np.bool_]  # (sentence,) whether the teacher has one
    concept: NDArray[np.int64]  # (sentence,) -1 for none
    names: list[str]  # of the concepts
    core: list[list[NDArray[np.int64]]]  # core concept, language: its sentences
    others: list[list[NDArray[np.int64]]]  # other concept, language: its sentences
    general: list[NDArray[np.int64]]  # language: its sentences without a concept


def train_text_tower(
    recipe: TextRecipe,
    *,
    cache: Path,
    quiet: bool = False,
    teacher: AbstractTeacher | None = None,
) -> TrainedTower:
    """Train the text tower as the recipe says.

    Args:
        recipe: every number.
        cache: folder that keeps the teacher's answers, so that a second run is quicker.
        quiet: no progress bar.
        teacher: knows English; None for the installed all-MiniLM-L6-v2.

    Raises:
        MissingPackageError: the teacher is not installed.
        UsageError: no corpus where the recipe says.

    Example:
        >>> import tempfile
        >>> from tokenizers.models import WordLevel
        >>> class Silent(AbstractTeacher):
        ...     def encode_ids(self, rows, *, quiet=True):
        ...         return np.zeros((len(rows), TEACHER_DIM), np.float32)
        >>> empty = Path(tempfile.mkdtemp())
        >>> numbers = dict.fromkeys(TextRecipe.__dataclass_fields__, 1)
        >>> recipe = TextRecipe(**numbers | {"corpus": empty})
        >>> teacher = Silent("silent", Tokenizer(WordLevel({})))
        >>> train_text_tower(recipe, cache=empty, teacher=teacher)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: No grammar (*.toml) in ...; give the folder recipes/text.
    """
    started = time.monotonic()
    teacher = teacher or MiniLM(teacher_folder())
    tokens = teacher.tokenizer.get_vocab()
    wordings = _drawn(recipe, tokens)
    words = vocabulary(tokens, [each.sentence for each in wordings], read_common(recipe.corpus))
    tokenizer = tokenizer_of(words, longest=LONGEST_TOKENS)
    vectors = word_vectors(teacher, words, width=recipe.width, cache=cache, quiet=quiet)
    pool = _pool(wordings, tokenizer, teacher, recipe, cache=cache, quiet=quiet)
    torch.manual_seed(recipe.seed)
    table = TokenTable(
        torch.from_numpy(vectors), learned=len(words.learned), spread=float(vectors.std())
    )
    tower = TextTower(
        table,
        width=recipe.width,
        layers=recipe.layers,
        heads=recipe.heads,
        inner=recipe.inner,
        dropout=recipe.dropout,
    )
    noise = WordNoise(recipe, words, vectors, pool.ids, pool.concept)
    losses = _train(tower, pool, noise, recipe, pad=words.ids[PAD], quiet=quiet)
    small = shipped(tower)
    return TrainedTower(
        module=small,
        tokenizer_json=tokenizer.to_str(),
        corpus_sha256=hash_of([(each.sentence, each.concept, each.lang) for each in wordings]),
        figures={
            "sentences": len(wordings),
            "concepts": len(pool.names),
            "tokens": len(words.ids),
            "loss_first": float(np.mean(losses[:10])),
            "loss_last": float(np.mean(losses[-10:])),
            "seconds": time.monotonic() - started,
        },
    )


def _drawn(recipe: TextRecipe, tokens: Iterable[str]) -> list[Wording]:
    drawn = draw_wordings(
        read_worlds(recipe.corpus),
        each=recipe.sentences_per_concept,
        seed=recipe.seed,
        core=recipe.core,
        core_each=recipe.core_sentences,
    )
    glossary = [Wording(zh, "", "zh", english) for zh, english in read_glossary(recipe.corpus)]
    words = sorted(each for each in tokens if each.isascii() and each.isalpha() and len(each) > 2)
    english = [each.english for each in drawn if each.english]
    general = draw_general(words, english, count=recipe.general_sentences, seed=recipe.seed)
    return drawn + glossary + general


def multi_positive_loss(rows: Tensor, concepts: Tensor, *, temperature: float) -> Tensor:
    """Contrastive loss in which every row of the same concept is a positive.

    Args:
        rows: (batch, 256) unit rows.
        concepts: (batch,) a number per concept; negative numbers stand alone.
        temperature: of the softmax over the batch.

    Source: Khosla et al., Supervised contrastive learning, NeurIPS 2020, equation 2.

    Example:
        >>> rows = torch.eye(2).repeat_interleave(2, 0)
        >>> multi_positive_loss(rows, torch.tensor([0, 0, 1, 1]), temperature=0.05).item() < 1e-6
        True
    """
    count = rows.shape[0]
    itself = torch.eye(count, dtype=torch.bool)
    scores = (rows @ rows.T / temperature).masked_fill(itself, -1e9)
    logs = scores - scores.logsumexp(1, keepdim=True)
    alike = (concepts[:, None] == concepts[None, :]) & (concepts >= 0)[:, None] & ~itself
    positives = alike.sum(1)
    anchors = positives > 0
    return -((logs * alike).sum(1)[anchors] / positives[anchors]).mean()


def centre_loss(rows: Tensor, concepts: Tensor, centres: Tensor, *, temperature: float) -> Tensor:
    """Cross-entropy of telling the concept by the nearest of learned centres.

    It reaches every sentence directly, where the contrast depends on what the batch holds.

    Args:
        rows: (batch, 256) unit rows.
        concepts: (batch,) row in `centres`; negative numbers have none.
        centres: (concept, 256), of any length.
        temperature: of the softmax over concepts.

    Source: Movshovitz-Attias et al., No fuss distance metric learning using proxies, ICCV 2017.

    Example:
        >>> centre_loss(torch.eye(2), torch.tensor([0, 1]), torch.eye(2), temperature=0.05) < 1e-6
        tensor(True)
    """
    own = concepts >= 0
    scores = rows[own] @ functional.normalize(centres, dim=-1).T / temperature
    return functional.cross_entropy(scores, concepts[own])


def _train(
    tower: TextTower, pool: _Pool, noise: WordNoise, recipe: TextRecipe, *, pad: int, quiet: bool
) -> list[float]:
    head = nn.Linear(recipe.width, TEACHER_DIM)
    centres = nn.Parameter(torch.randn(len(pool.names), DIM))
    parameters = [*tower.parameters(), *head.parameters(), centres]
    optimizer = torch.optim.AdamW(
        parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.learning_rate, total_steps=recipe.steps, pct_start=recipe.warm_up
    )
    draw = random.Random(recipe.seed)
    meaning = torch.from_numpy(pool.meaning)
    losses = []
    tower.train()
    for _ in progress(range(recipe.steps), label="text tower", quiet=quiet):
        chosen = _batch(pool, recipe, draw)
        pooled = _pooled(tower, [noise.of(pool.ids[at], draw) for at in chosen], pad=pad)
        rows = tower.place(pooled)
        concepts = torch.from_numpy(pool.concept[chosen])
        known = torch.from_numpy(pool.known[chosen])
        taught = meaning[chosen][known]
        guess = functional.normalize(head(pooled[known]), dim=-1)
        contrast = multi_positive_loss(rows, concepts, temperature=recipe.temperature)
        named = centre_loss(rows, concepts, centres, temperature=recipe.temperature)
        copied = 1.0 - (guess * taught).sum(1).mean()
        kept = _geometry_loss(rows[known], taught, (concepts < 0)[known])
        loss = (
            contrast
            + recipe.centre_weight * named
            + recipe.teacher_weight * copied
            + recipe.geometry_weight * kept
        )
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
    tower.eval()
    return losses


def _pooled(tower: TextTower, sentences: Sequence[Sequence[int]], *, pad: int) -> Tensor:
    # Most sentences are a third as long as the longest: in groups of one length, half the work.
    order = sorted(range(len(sentences)), key=lambda at: len(sentences[at]))
    size = -(-len(order) // _LENGTH_GROUPS)
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    pooled = [tower.pool(*padded([sentences[at] for at in group], pad=pad)) for group in groups]
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(pooled)[back]


def _geometry_loss(rows: Tensor, taught: Tensor, general: Tensor) -> Tensor:
    # Concepts are told apart more sharply than the teacher does; elsewhere its cosines hold.
    apart = general[:, None] | general[None, :]
    difference = (rows @ rows.T - taught @ taught.T) ** 2
    return difference[apart].mean() if bool(apart.any()) else rows.sum() * 0.0


def _batch(pool: _Pool, recipe: TextRecipe, draw: random.Random) -> list[int]:
    chosen = []
    for languages in pool.core:
        chosen += _some(languages, recipe.batch_core, draw)
    # Different ones: what is easily confused then meets in every batch.
    for languages in draw.sample(pool.others, min(recipe.batch_concepts, len(pool.others))):
        chosen += _some(languages, recipe.batch_per_concept, draw)
    return chosen + _some(pool.general, recipe.batch_general, draw)


def _some(languages: list[NDArray[np.int64]], count: int, draw: random.Random) -> list[int]:
    return [int(draw.choice(draw.choice(languages))) for _ in range(count)]


def padded(rows: Sequence[Sequence[int]], *, pad: int) -> tuple[Tensor, Tensor]:
    """Ids and mask (batch, token) of token rows of different lengths.

    Args:
        rows: token ids of each sentence.
        pad: id that fills the shorter rows.

    Returns:
        ids: (batch, token).
        mask: (batch, token) 1 for tokens, 0 for padding.

    Example:
        >>> padded([[5, 6], [7]], pad=0)
        (tensor([[5, 6],
                [7, 0]]), tensor([[1, 1],
                [1, 0]]))
    """
    longest = max(len(row) for row in rows)
    ids = torch.tensor([[*row, *[pad] * (longest - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


def _pool(
    wordings: Sequence[Wording],
    tokenizer: Tokenizer,
    teacher: AbstractTeacher,
    recipe: TextRecipe,
    *,
    cache: Path,
    quiet: bool,
) -> _Pool:
    known = np.array([bool(each.english) for each in wordings])
    asked = [teacher.ids_of(each.english) for each in wordings if each.english]
    meaning = np.zeros((len(wordings), TEACHER_DIM), np.float32)
    meaning[known] = remembered(teacher, asked, cache=cache, quiet=quiet)
    names = sorted({each.concept for each in wordings} - {""})
    concept = np.array([names.index(e.concept) if e.concept else -1 for e in wordings])
    langs = np.array([each.lang for each in wordings])
    rows = {name: _by_language(langs, concept == at) for at, name in enumerate(names)}
    ids = [encoding.ids for encoding in tokenizer.encode_batch([e.sentence for e in wordings])]
    return _Pool(
        ids,
        meaning,
        known,
        concept,
        names,
        [found for name, found in rows.items() if name in recipe.core],
        [found for name, found in rows.items() if name not in recipe.core],
        _by_language(langs, concept < 0),
    )


def _by_language(langs: NDArray[np.str_], among: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    found = (np.flatnonzero(among & (langs == lang)) for lang in LANGUAGES)
    return [each for each in found if each.size]
