"""The table of what is searched by words; the terms beside it stand outside the models (search_index)."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cases.vocabulary import SearchedKind
from core.persistence.db import Base, quoted


class SearchText(Base):
    """The texts of one kind of a case, folded: one row, whose id follows from the case and the kind."""

    __tablename__ = "search_texts"
    __table_args__ = (CheckConstraint(f"kind IN ({quoted(SearchedKind)})", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    searched: Mapped[str]
