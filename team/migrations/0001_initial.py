import crm.lib.fields
import datetime
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.manager
import django.utils.timezone
import team.models.company
import team.models.people
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('reference', models.CharField(default=team.models.people.user_reference, max_length=100, unique=True)),
                ('email', models.EmailField(blank=True, max_length=254, null=True, unique=True, verbose_name='e-mail')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('sort_name', models.CharField(default='', editable=False, max_length=200)),
                ('is_rep', models.BooleanField(default=False, verbose_name='rep')),
                ('is_manager', models.BooleanField(default=False, verbose_name='manager')),
                ('is_admin', models.BooleanField(default=False, verbose_name='administrator')),
                ('is_director', models.BooleanField(default=False, verbose_name='director')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('deactivated_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('leaves_on', models.DateField(blank=True, editable=False, null=True)),
                ('exports', models.BooleanField(default=True, editable=False)),
                ('session_epoch', models.PositiveIntegerField(default=0, editable=False)),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('time_zone', models.CharField(blank=True, default='', max_length=60, verbose_name='time zone')),
                ('theme', models.CharField(choices=[('system', 'As the system'), ('light', 'Light'), ('dark', 'Dark')], default='system', max_length=10, verbose_name='theme')),
                ('density', models.CharField(choices=[('comfortable', 'Comfortable'), ('compact', 'Compact')], default='comfortable', max_length=12, verbose_name='row height')),
                ('shortcuts', models.BooleanField(default=True, verbose_name='single-letter shortcuts')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('client_ref', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
            ],
            options={
                'ordering': ['sort_name', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('email__isnull', True), models.Q(('email', ''), _negated=True), _connector='OR'), name='user_email_null_not_empty')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('actor_name', models.CharField(blank=True, default='', max_length=150)),
                ('action', models.CharField(max_length=40)),
                ('subject_type', models.CharField(blank=True, default='', max_length=40)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('subject_name', models.CharField(blank=True, default='', max_length=250)),
                ('batch', models.UUIDField(default=uuid.uuid4)),
                ('request_id', models.CharField(blank=True, default='', max_length=40)),
                ('address', models.CharField(blank=True, default='', max_length=45)),
                ('detail_hash', models.CharField(blank=True, default='', max_length=64)),
                ('sealed', models.CharField(blank=True, default='', max_length=64)),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['subject_type', 'subject_id', '-id'], name='audit_subject'), models.Index(fields=['actor', '-id'], name='audit_actor'), models.Index(fields=['action', '-id'], name='audit_action'), models.Index(fields=['batch'], name='audit_batch')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('account', models.CharField(max_length=64)),
                ('address', models.CharField(blank=True, default='', max_length=45)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'at'], name='attempt_account'), models.Index(fields=['address', 'at'], name='attempt_address')],
            },
        ),
        migrations.CreateModel(
            name='AuditDetail',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='detail', serialize=False, to='team.auditentry')),
                ('before', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('after', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
            ],
        ),
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(default='', max_length=150, verbose_name='name')),
                ('time_zone', models.CharField(default='Europe/Kyiv', max_length=60, verbose_name='time zone')),
                ('base_currency', models.CharField(default='UAH', max_length=3, verbose_name='currency')),
                ('workdays', models.JSONField(default=team.models.company.monday_to_friday, verbose_name='weekdays worked')),
                ('work_start', models.TimeField(default=datetime.time(9, 0), verbose_name='work starts')),
                ('work_end', models.TimeField(default=datetime.time(18, 0), verbose_name='work ends')),
                ('orders_imported', models.BooleanField(default=True, verbose_name='orders come by import')),
                ('response_hours', models.PositiveSmallIntegerField(default=24, verbose_name='hours to answer a lead')),
                ('response_clock', models.CharField(choices=[('elapsed', 'hours of the day and night'), ('working', 'working hours')], default='elapsed', max_length=10, verbose_name='counted in')),
                ('is_demo', models.BooleanField(default=False, editable=False)),
                ('recorded_on', models.DateField(editable=False, null=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_company'), models.CheckConstraint(condition=models.Q(('work_end__gt', models.F('work_start'))), name='work_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='CompanyPast',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_on', models.DateField(editable=False)),
                ('deleted_on', models.DateField(blank=True, editable=False, null=True)),
                ('time_zone', models.CharField(max_length=60)),
                ('workdays', models.JSONField()),
                ('work_start', models.TimeField()),
                ('work_end', models.TimeField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past', to='team.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'deleted_on'), name='company_past_once')],
            },
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(max_length=64)),
                ('agent', models.CharField(blank=True, default='', max_length=200)),
                ('first_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'mark'), name='device_once')],
            },
        ),
        migrations.CreateModel(
            name='Employment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_on', models.DateField(editable=False)),
                ('deleted_on', models.DateField(blank=True, editable=False, null=True)),
                ('hired_on', models.DateField(null=True)),
                ('left_on', models.DateField(blank=True, null=True)),
                ('leave_reason', models.CharField(blank=True, default='', max_length=200)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='employments', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['hired_on', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_on__isnull', True), ('left_on__isnull', True)), fields=('user',), name='employment_one_open')],
            },
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='feed', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='HabitAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('kind', models.CharField(choices=[('read', 'customers opened'), ('late', 'customers opened outside working time'), ('export', 'files exported'), ('refused', 'requests refused'), ('device', 'new devices')], default='read', max_length=10)),
                ('n', models.PositiveIntegerField()),
                ('habit', models.PositiveIntegerField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-on', 'user', 'kind'],
                'indexes': [models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['user'], name='habit_alert_open')],
                'constraints': [models.UniqueConstraint(fields=('user', 'on', 'kind'), name='habit_alert_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_on', models.DateField(editable=False)),
                ('deleted_on', models.DateField(blank=True, editable=False, null=True)),
                ('on', models.DateField()),
                ('name', models.CharField(blank=True, default='', max_length=100)),
            ],
            options={
                'ordering': ['on'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_on__isnull', True)), fields=('on',), name='holiday_once')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('key', models.CharField(blank=True, default='', max_length=60)),
                ('lane', models.CharField(blank=True, default='', max_length=90)),
                ('args', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('request_hash', models.CharField(max_length=64)),
                ('asked_as', models.CharField(blank=True, default='', max_length=100)),
                ('request_id', models.CharField(blank=True, default='', max_length=64)),
                ('state', models.CharField(choices=[('queued', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='queued', max_length=10)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(null=True)),
                ('doing', models.CharField(blank=True, default='', max_length=200)),
                ('result', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('error', models.TextField(blank=True, default='')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('losses', models.PositiveSmallIntegerField(default=0)),
                ('not_before', models.DateTimeField(default=django.utils.timezone.now)),
                ('lease', models.UUIDField(null=True)),
                ('beats', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
                'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'running'])), fields=['lane', 'id'], name='job_live')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('kind', 'key'), name='job_once_per_period'), models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('request_hash',), name='job_asked_once'), models.UniqueConstraint(condition=models.Q(('state', 'running'), models.Q(('lane', ''), _negated=True)), fields=('lane',), name='job_one_in_lane'), models.CheckConstraint(condition=models.Q(models.Q(('lease__isnull', False), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('lease__isnull', True)), _connector='OR'), name='job_running_has_lease')],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('key', models.CharField(max_length=120)),
                ('told', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('path', models.CharField(blank=True, default='', max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_at', models.DateTimeField(null=True)),
                ('hidden_until', models.DateTimeField(null=True)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['user', '-at', '-id'], name='notice_newest'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user'], name='notice_unread'), models.Index(condition=models.Q(('mailed_at__isnull', True), ('read_at__isnull', True)), fields=['kind', 'user'], name='notice_to_mail')],
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'key'), name='notice_once')],
            },
        ),
        migrations.CreateModel(
            name='NoticeWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('mail', models.CharField(choices=[('at-once', 'At once'), ('daily', 'Once a day'), ('never', 'Never')], max_length=8)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notice_wishes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'kind'), name='notice_wish_once')],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer_id', models.BigIntegerField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'at', 'customer_id'], name='reading_recent')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_ref', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('listed', models.CharField(editable=False, max_length=40)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('query', models.CharField(blank=True, default='', editable=False, max_length=2000)),
                ('for_all', models.BooleanField(default=False, verbose_name='for everybody')),
                ('deleted_at', models.DateTimeField(editable=False, null=True)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(models.F('owner'), models.F('listed'), django.db.models.functions.text.Lower('name'), condition=models.Q(('deleted_at__isnull', True)), name='saved_view_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Arrangement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listed', models.CharField(max_length=40)),
                ('columns', models.CharField(blank=True, default='', max_length=400)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('start', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.savedview')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'listed'), name='arrangement_once')],
            },
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=team.models.people.team_reference, max_length=100, unique=True)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('path', models.CharField(db_index=True, default='', editable=False, max_length=200)),
                ('is_active', models.BooleanField(default=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('client_ref', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ('manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='manages', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='team.team')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='team_name_once'), models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='team_not_inside_itself')],
            },
        ),
        migrations.AddField(
            model_name='savedview',
            name='team',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='team.team', verbose_name='team'),
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_on', models.DateField(editable=False)),
                ('deleted_on', models.DateField(blank=True, editable=False, null=True)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='team.team')),
            ],
            options={
                'ordering': ['from_on', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_on__isnull', True), ('to_on__isnull', True)), fields=('user',), name='membership_one_open'), models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='membership_ends_after_start')],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='team',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='team.team', verbose_name='team'),
        ),
        migrations.CreateModel(
            name='Wage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_on', models.DateField(editable=False)),
                ('deleted_on', models.DateField(blank=True, editable=False, null=True)),
                ('from_on', models.DateField()),
                ('monthly_wage', crm.lib.fields.ExactDecimalField(decimal_places=8, max_digits=20)),
                ('monthly_expenses', crm.lib.fields.ExactDecimalField(decimal_places=8, default=0, max_digits=20)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wages', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['from_on', 'id'],
                'indexes': [models.Index(fields=['user', 'from_on'], name='wage_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_on', models.DateField(editable=False)),
                ('deleted_on', models.DateField(blank=True, editable=False, null=True)),
                ('on', models.DateField()),
                ('reason', models.CharField(blank=True, default='', max_length=100)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['on'],
                'indexes': [models.Index(fields=['user', 'on'], name='absence_days')],
            },
        ),
        migrations.AddIndex(
            model_name='savedview',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True), models.Q(('team__isnull', False), ('for_all', True), _connector='OR')), fields=['listed'], name='saved_view_shared'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.CheckConstraint(condition=models.Q(('team__isnull', True), ('for_all', False), _connector='OR'), name='saved_view_for_a_team_or_all'),
        ),
    ]
