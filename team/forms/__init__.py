from team.forms.records import RecordForm

__all__ = ["RecordForm"]
