"""What can be asked for without a word of one's own: the knowledge base."""

from dataclasses import asdict
from functools import cache
from typing import Any

from fastapi import APIRouter

from faultlens.hosting.key_file import Role
from faultlens.service.openapi import REFUSED, example, problems
from faultlens.service.openapi_examples import FAULTS
from faultlens.service.security import needs
from faultlens.text.defect_sets import load_sets
from faultlens.text.defects import load_defects
from faultlens.text.knowledge import load_faults

router = APIRouter(tags=["knowledge"], dependencies=[needs(Role.READ)])


@router.get(
    "/v1/faults",
    summary="Faults and defects that are known",
    responses={**example(FAULTS), **problems(*REFUSED)},
)
async def faults() -> dict[str, list[dict[str, Any]]]:
    """List faults of bearings, defects of surfaces and sets of defects, in English and Chinese.

    Any of their names, or any sentence of your own, can be asked for.

    Example:
        >>> faults.__name__
        'faults'
    """
    return known()


@cache
def known() -> dict[str, list[dict[str, Any]]]:
    """The knowledge base as plain values.

    Example:
        >>> known()["faults"][1]["names"]
        {'en': 'cage fault', 'zh': '保持架故障'}
    """
    return {
        "faults": [
            {
                "key": x.key,
                "names": asdict(x.names),
                "synonyms": _lists(x.synonyms),
                "description": asdict(x.signature),
                "causes": _lists(x.causes),
                "actions": {level: asdict(what) for level, what in x.actions},
                "source": list(x.source),
            }
            for x in load_faults()
        ],
        "defects": [
            {
                "key": x.key,
                "names": asdict(x.names),
                "synonyms": _lists(x.synonyms),
                "description": asdict(x.look),
                "causes": _lists(x.causes),
                "action": asdict(x.action),
                "sets": list(x.sets),
                "source": list(x.source),
            }
            for x in load_defects()
        ],
        "sets": [{"key": name, "names": asdict(x.names)} for name, x in load_sets().items()],
    }


def _lists(words: Any) -> dict[str, list[str]]:
    return {"en": list(words.en), "zh": list(words.zh)}
