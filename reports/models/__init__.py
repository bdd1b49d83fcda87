from reports.models.parameters import Parameters, Target
from reports.models.snapshot import Evidence, Snapshot

__all__ = ["Evidence", "Parameters", "Snapshot", "Target"]
