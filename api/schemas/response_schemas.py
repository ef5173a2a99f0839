"""Describe what answers hold, for the OpenAPI document; a test compares every answer with it."""

from typing import Any

from marshmallow import Schema, fields

from cases.models.case import Complainant
from notifications.models import Notice
from wsgi.schemas.external import Cursor, RowId

NULL: Any = {"allow_none": True, "required": True}
HERE: Any = {"required": True}


def provisional() -> fields.Boolean:
    """Describe what is said beside a date that the notice of a year may still move (暂按周末推算)."""
    said = "a date beside it reaches into a year without a notice of its days off, and may still move"
    return fields.Boolean(**HERE, metadata={"description": said})


def text(description: str = "") -> fields.String:
    """Describe a text that is always there."""
    return fields.String(**HERE, metadata={"description": description} if description else {})


def own_words() -> fields.Dict:
    """Describe what a definition calls something of the county's own; null for all else."""
    said = "of the county's own: what its definition says to villagers, by `zh` and `en`"
    return fields.Dict(keys=fields.String(), values=fields.String(), **NULL, metadata={"description": said})


class ComplainantLine(Schema):
    """A complainant in a list, without any identity."""

    id = RowId(Complainant.__tablename__, **HERE)
    case = text("number of the case")
    village = text()
    village_name = text()
    state = text()
    round = fields.Integer(**HERE)
    answered = fields.Boolean(**HERE)
    unreachable = fields.Boolean(**HERE)
    visited = fields.Boolean(**HERE)
    rating = fields.String(**NULL)
    confidential = fields.Boolean(**HERE)
    anonymous = fields.Boolean(**HERE)


class ComplainantPage(Schema):
    """One page of complainants."""

    items = fields.List(fields.Nested(ComplainantLine), **HERE)
    next = Cursor(**NULL)


class Rates(Schema):
    """Every rate by its code."""

    area = fields.String(**NULL)
    from_ = fields.Date(data_key="from", **NULL)
    to = fields.Date(**NULL)
    rates = fields.Dict(keys=fields.String(), values=fields.Nested(lambda: RateShown()), **HERE)
    uncounted = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(lambda: Uncounted()),
        metadata={"description": "void, merged and withdrawn cases: listed, but in no rate"},
        **HERE,
    )


class RateShown(Schema):
    """A figure with the lists behind it."""

    numerator = fields.Integer(**HERE)
    denominator = fields.Integer(**HERE)
    value = fields.Float(**NULL)
    counts = text("cases, complainants or households")
    numerator_list = text("address that gives exactly what the numerator counts")
    denominator_list = text("address that gives exactly what the denominator counts")
    parts = fields.Dict(metadata={"description": "figures shown beside this one, by code"})


class Uncounted(Schema):
    """Cases in a state that no rate counts."""

    count = fields.Integer(**HERE)
    list = text("address that gives exactly these")


class HouseholdLine(Schema):
    """A household of the register."""

    key = fields.String(**NULL, metadata={"description": "village, group and 户号, such as YY-03-017"})
    household = fields.String(**NULL, metadata={"description": "the key; null for 一位村民"})
    confidential = fields.Boolean(**HERE, metadata={"description": "the caller may not know which one it is"})
    village = text()
    village_name = text()
    group = fields.Integer(**NULL)
    number = fields.Integer(**NULL)
    head = fields.String(**NULL)
    phone = fields.String(**NULL, metadata={"description": "masked"})
    people = fields.Integer(**NULL)
    note = fields.String(**NULL)


class HouseholdPage(Schema):
    """One page of households."""

    items = fields.List(fields.Nested(HouseholdLine), **HERE)
    next = Cursor(**NULL)


class NoticeShown(Schema):
    """Something the caller was told."""

    id = RowId(Notice.__tablename__, **HERE)
    kind = text()
    subject = text("number of the case")
    facts = fields.Dict(**HERE)
    created_at = fields.AwareDateTime(**HERE)
    read_at = fields.AwareDateTime(**NULL)


class NoticePage(Schema):
    """One page of notices, newest first."""

    items = fields.List(fields.Nested(NoticeShown), **HERE)
    next = Cursor(**NULL)


class ReadMark(Schema):
    """That a notice is read."""

    id = RowId(Notice.__tablename__, **HERE)
    read = fields.Boolean(**HERE)


class Stored(Schema):
    """A file that was stored."""

    id = text("goes into `attachments` of a case or an action")
    type = text()
    size = fields.Integer(**HERE)
