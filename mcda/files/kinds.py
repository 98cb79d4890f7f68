"""Every kind of file that people write, by the name that `mcda schema NAME` takes."""

from __future__ import annotations

from pydantic import BaseModel

from mcda.files import models
from mcda.files.roadmap_models import ROADMAP_SCHEMAS

__all__ = ["SCHEMAS"]

#: Each model's `format` names its kind in the file.
SCHEMAS: dict[str, type[BaseModel]] = {**models.SCHEMAS, **ROADMAP_SCHEMAS}
