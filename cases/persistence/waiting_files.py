"""Measure the files that wait for a case to refer to them."""

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from cases.models.correspondence import Attachment


def waiting_bytes(session: Session, user_id: int) -> tuple[int, int]:
    """Return how many bytes wait for a case to refer to them: those of one user, and those of all."""
    own = case((Attachment.uploaded_by_id == user_id, Attachment.size), else_=0)
    sums = select(func.coalesce(func.sum(own), 0), func.coalesce(func.sum(Attachment.size), 0))
    mine, everybody = session.execute(sums.where(Attachment.case_id.is_(None))).one()
    return int(mine), int(everybody)
