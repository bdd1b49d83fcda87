from django.urls import path

from team.views import (
    alerts,
    audit,
    company,
    jobs,
    language,
    passwords,
    people,
    person_acts,
    profile,
    signing,
    teams,
    wages,
)

urlpatterns = [
    path("", signing.home, name="home"),
    path("sign-in/", signing.sign_in, name="sign-in"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("language/", language.language, name="language"),
    path("password/", passwords.password_reset, name="password-reset"),
    path("password/sent/", passwords.password_reset_sent, name="password-reset-sent"),
    path("password/<str:token>/", passwords.password_new, name="password-new"),
    path("profile/", profile.profile, name="profile"),
    path("profile/preferences/", profile.preferences, name="preferences"),
    path("profile/password/", passwords.password_change, name="password-change"),
    path("profile/email/", profile.email_change, name="email-change"),
    path("profile/sessions/end/", profile.sessions_end, name="sessions-end"),
    path("people/", people.person_list, name="person-list"),
    path("people/new/", people.person_new, name="person-new"),
    path("people/<int:user_id>/", people.person_detail, name="person-detail"),
    path("people/<int:user_id>/edit/", people.person_edit, name="person-edit"),
    path("people/<int:user_id>/team/", person_acts.person_move, name="person-move"),
    path("people/<int:user_id>/leave/", person_acts.person_leave, name="person-leave"),
    path("people/<int:user_id>/rehire/", person_acts.person_rehire, name="person-rehire"),
    path("people/<int:user_id>/invite/", person_acts.person_invite, name="person-invite"),
    path("people/<int:user_id>/sign-out/", person_acts.person_sign_out, name="person-sign-out"),
    path(
        "people/<int:user_id>/deactivate/", person_acts.person_deactivate, name="person-deactivate"
    ),
    path(
        "people/<int:user_id>/reactivate/", person_acts.person_reactivate, name="person-reactivate"
    ),
    path(
        "people/<int:user_id>/alert/settle/", alerts.person_alert_settle, name="person-alert-settle"
    ),
    path("people/<int:user_id>/absences/new/", person_acts.person_absence, name="person-absence"),
    path(
        "people/<int:user_id>/absences/remove/",
        person_acts.person_absence_remove,
        name="person-absence-remove",
    ),
    path("people/<int:user_id>/wages/new/", wages.person_wage, name="person-wage"),
    path(
        "people/<int:user_id>/wages/<int:wage_id>/remove/",
        wages.person_wage_remove,
        name="person-wage-remove",
    ),
    path("teams/", teams.team_list, name="team-list"),
    path("teams/new/", teams.team_new, name="team-new"),
    path("teams/<int:team_id>/edit/", teams.team_edit, name="team-edit"),
    path("teams/<int:team_id>/close/", teams.team_close, name="team-close"),
    path("teams/<int:team_id>/reopen/", teams.team_reopen, name="team-reopen"),
    path("audit/", audit.audit_list, name="audit-list"),
    path("jobs/", jobs.job_list, name="job-list"),
    path("jobs/<int:job_id>/retry/", jobs.job_retry, name="job-retry"),
    path("settings/", company.company_settings, name="company-settings"),
    path("settings/holidays/new/", company.company_holiday_new, name="company-holiday-new"),
    path(
        "settings/holidays/<int:holiday_id>/remove/",
        company.company_holiday_remove,
        name="company-holiday-remove",
    ),
]
