"""How much of a period can be judged yet, in words: leads and what was spent on them show late what became of them."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib import formatting
from reports.report import Report, Run


def is_too_young(report: Report, run: Run) -> bool:
    """Nothing of the period can be judged yet: what is counted of it is no figure."""
    return run.as_of < run.period.start + timedelta(days=report.ripening(run.values))


def told(report: Report, run: Run) -> str:
    """Up to where the period can be judged, or from when on; nothing of one that is ripe."""
    ripening = timedelta(days=report.ripening(run.values))
    if is_too_young(report, run):
        return _("not judged before %(day)s") % {"day": formatting.day(run.period.start + ripening)}
    if run.as_of - ripening < run.end:
        return _("judged up to %(day)s") % {"day": formatting.day(run.as_of - ripening)}
    return ""


def why(report: Report, run: Run) -> str:
    """Why the last months have no loss of leads, or no whole one."""
    days = report.ripening(run.values)
    return ngettext(
        "Leads are judged %(n)s day after they came: until then their months count without them.",
        "Leads are judged %(n)s days after they came: until then their months count without them.",
        days,
    ) % {"n": days}
