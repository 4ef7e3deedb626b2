"""Budgets: amounts come back as decimals with a fraction, as read from AWS (`100` as `100.0`)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from . import wrap


def _decimal(amount: str) -> str:
    try:
        text = f"{Decimal(amount):f}"
    except InvalidOperation:
        return amount
    return text if "." in text else f"{text}.0"


def apply(state: Any) -> None:
    """Patch how moto shows a budget."""
    from moto.budgets.models import Budget

    def to_dict(original: Any) -> Any:
        def shown(self: Any) -> Any:
            told = original(self)
            for spend in (told.get("BudgetLimit"), *(told.get("PlannedBudgetLimits") or {}).values()):
                if spend:
                    spend["Amount"] = _decimal(spend["Amount"])
            return told

        return shown

    wrap(Budget, "to_dict", to_dict)
