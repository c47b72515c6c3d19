"""The plan: built, explained, written, and checked without the solver."""

from alcance.plan.beside import Beside, plan_beside
from alcance.plan.build import Plan, make_plan, write_plan
from alcance.plan.folder import check_place
from alcance.plan.scenario import Scenario

__all__ = ["Beside", "Plan", "Scenario", "check_place", "make_plan", "plan_beside", "write_plan"]
