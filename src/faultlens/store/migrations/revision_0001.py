"""The first tables."""

from alembic import op

from faultlens.store.tables import METADATA

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables.

    Example:
        >>> revision, down_revision
        ('0001', None)
    """
    METADATA.create_all(op.get_bind())
