"""The floor: the least a Flask and SQLAlchemy server can do, without sign-in, validation or rules.

It writes two rows or reads one; what the product costs above it is what its rules cost.
"""

from flask import Flask, Response, jsonify, request
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.persistence.db import Database


class BaselineBase(DeclarativeBase):
    """Keep the floor's tables apart from the product's."""


class BaselineCase(BaselineBase):
    """The first of the two rows."""

    __tablename__ = "floor_cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]


class BaselineEntry(BaselineBase):
    """The second of the two rows."""

    __tablename__ = "floor_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("floor_cases.id"), index=True)
    action: Mapped[str]


def create_app(db: Database) -> Flask:
    """Make the bare server on a database of its own; its two tables are created when missing."""
    app = Flask(__name__)
    BaselineBase.metadata.create_all(db.engine)

    @app.post("/floor")
    def write() -> tuple[Response, int]:
        with db.transaction() as session:
            case = BaselineCase(words=request.get_json()["own_words"])
            session.add(case)
            session.flush()  # the entry needs the id
            session.add(BaselineEntry(case_id=case.id, action="register"))
        return jsonify(id=case.id), 201

    @app.get("/floor/<int:case_id>")
    def read(case_id: int) -> Response:
        with db.reading() as session:
            case = session.scalars(select(BaselineCase).where(BaselineCase.id == case_id)).one()
        return jsonify(id=case.id, words=case.words)

    @app.get("/readyz")
    def ready() -> str:
        return "ok"

    return app
