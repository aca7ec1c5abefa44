"""Trains the cheap look over whole frames that comes before the full encoder's."""

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from faultlens.core.files import written_whole
from faultlens.core.progress import progress
from faultlens.models.encoders.surface_screen import SurfaceScreen, screen_loss
from faultlens.training.surface.crops import ON_DEFECT, OUTSIDE, crops_of
from faultlens.training.surface.pool import Chunk

SIZE_PX, BATCH = 160, 40

HIGHEST_RATE = 4e-3


def train_screen(
    chunks: Sequence[Chunk], *, steps: int, seed: int, cache: Path, quiet: bool = False
) -> SurfaceScreen:
    """Train the screen on rendered pictures; a trained one is taken from the cache.

    Args:
        chunks: the pictures.
        steps: batches.
        seed: of weights, crops and augmentation.
        cache: folder that keeps the trained screen.
        quiet: no progress bar.

    Raises:
        OSError: a file cannot be written.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> sum(x.numel() for x in train_screen([], steps=0, seed=0, cache=folder).parameters())
        53785
    """
    torch.manual_seed(seed)
    screen = SurfaceScreen()
    kept = cache / f"screen-{steps}-{seed}.safetensors"
    if kept.exists():
        screen.load_state_dict(load_file(kept))
        return screen.eval()
    optimizer = torch.optim.AdamW(screen.parameters(), weight_decay=1e-2)
    for step in progress(range(steps), label="Training the screen", total=steps, quiet=quiet):
        draw = torch.Generator().manual_seed(seed * 1_000_003 + step)
        chunk = chunks[int(torch.randint(len(chunks), (1,), generator=draw))]
        chosen = torch.randint(len(chunk.concept), (BATCH,), generator=draw).numpy()
        crops = crops_of(chunk, chosen, size_px=SIZE_PX, draw=draw)
        for group in optimizer.param_groups:
            # Up over a tenth of the steps, then down in a straight line.
            group["lr"] = HIGHEST_RATE * min(10 * (step + 1) / steps, 1.02 - step / steps, 1.0)
        odds = screen(crops.pixels.mean(1, keepdim=True))
        loss = screen_loss(odds, crops.patches == ON_DEFECT, crops.patches == OUTSIDE)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    with written_whole(kept) as part:
        save_file(screen.state_dict(), part)
    return screen.eval()
