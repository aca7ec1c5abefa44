"""Take out of an installed environment what no program runs. Run: python prune.py FOLDER."""

import shutil
import sys
from pathlib import Path

# Packages that carry their own tests into the installation. Each named: a folder `tests` of
# somebody else may be part of his program.
TESTED = ("h5py", "matplotlib", "mpl_toolkits", "numpy", "scipy")


def prune(environment: Path) -> int:
    """Remove tests and type hints; bytes that were freed."""
    freed = 0
    for packages in environment.glob("lib/python3*/site-packages"):
        folders = [
            found
            for name in TESTED
            for found in sorted((packages / name).rglob("tests"))
            if found.is_dir()
        ]
        for folder in folders:
            # A folder inside one that is gone already.
            if folder.is_dir():
                freed += sum(x.stat().st_size for x in folder.rglob("*") if x.is_file())
                shutil.rmtree(folder)
        for hint in [*packages.rglob("*.pyi"), *packages.rglob("*.pyx"), *packages.rglob("*.pxd")]:
            freed += hint.stat().st_size
            hint.unlink()
    return freed


if __name__ == "__main__":
    print(f"{prune(Path(sys.argv[1])) / 1e6:.0f} MB removed")
