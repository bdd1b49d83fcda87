import crm.lib.fields
import customers.models.complaint
import customers.models.customer
import customers.models.money
import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('team', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_ref', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('reference', models.CharField(default=customers.models.customer.customer_reference, max_length=100, unique=True)),
                ('name', models.CharField(max_length=250, verbose_name='name')),
                ('sort_name', models.CharField(default='', editable=False, max_length=200)),
                ('segment', models.CharField(blank=True, default='', max_length=100, verbose_name='segment')),
                ('region', models.CharField(blank=True, default='', max_length=100, verbose_name='region')),
                ('place', models.CharField(blank=True, default='', max_length=150, verbose_name='place')),
                ('phone', models.CharField(blank=True, default='', max_length=60, verbose_name='phone')),
                ('phone_e164', models.CharField(blank=True, default='', editable=False, max_length=20)),
                ('email', models.CharField(blank=True, default='', max_length=254, verbose_name='e-mail')),
                ('website', models.URLField(blank=True, default='', verbose_name='website')),
                ('language', models.CharField(blank=True, default='', max_length=10, verbose_name='language')),
                ('currency', models.CharField(blank=True, default='', max_length=3, verbose_name='currency')),
                ('note', models.TextField(blank=True, default='', max_length=5000, verbose_name='note')),
                ('is_test', models.BooleanField(default=False, verbose_name='test customer')),
                ('recorded_on', models.DateField(blank=True, editable=False, null=True)),
                ('binned_on', models.DateField(blank=True, editable=False, null=True)),
                ('last_purchase_on', models.DateField(editable=False, null=True)),
                ('purchases', models.PositiveIntegerField(default=0, editable=False)),
                ('typical_half_days', models.PositiveIntegerField(editable=False, null=True)),
                ('threshold_half_days', models.PositiveIntegerField(editable=False, null=True)),
                ('lost_on', models.DateField(editable=False, null=True)),
                ('at_risk_on', models.DateField(editable=False, null=True)),
                ('annual_cents', models.BigIntegerField(default=0, editable=False)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='customers.customer')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='customers', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
                'indexes': [models.Index(fields=['owner', 'sort_name', 'id'], name='customer_by_name'), models.Index(condition=models.Q(('binned_on__isnull', True), ('merged_into__isnull', True)), fields=['owner', '-annual_cents', '-id'], name='customer_by_value'), models.Index(fields=['owner', 'lost_on', 'id'], name='customer_by_lost_on'), models.Index(fields=['owner', 'last_purchase_on', 'id'], name='customer_by_last'), models.Index(fields=['sort_name', 'id'], name='customer_all_by_name'), models.Index(condition=models.Q(('binned_on__isnull', True), ('merged_into__isnull', True)), fields=['-annual_cents', '-id'], name='customer_all_by_value'), models.Index(fields=['lost_on', 'id'], name='customer_all_by_lost_on'), models.Index(fields=['last_purchase_on', 'id'], name='customer_all_by_last'), models.Index(condition=models.Q(('binned_on__isnull', True), ('merged_into__isnull', True)), fields=['id', 'owner', 'annual_cents'], name='customer_found'), models.Index(condition=models.Q(('phone_e164', ''), _negated=True), fields=['phone_e164'], name='customer_phone'), models.Index(condition=models.Q(('is_test', True)), fields=['id'], name='customer_tests')],
                'constraints': [models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='customer_not_merged_into_itself')],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_on', models.DateField(editable=False)),
                ('deleted_on', models.DateField(blank=True, editable=False, null=True)),
                ('reference', models.CharField(default=customers.models.money.contract_reference, max_length=100, unique=True)),
                ('start_on', models.DateField(verbose_name='starts on')),
                ('end_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('cancelled_on', models.DateField(blank=True, null=True, verbose_name='cancelled, last day of cover')),
                ('title', models.CharField(blank=True, default='', max_length=200, verbose_name='what it is about')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='customers.customer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_ref', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('reference', models.CharField(default=customers.models.customer.contact_reference, max_length=100, unique=True)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('sort_name', models.CharField(default='', editable=False, max_length=200)),
                ('role', models.CharField(blank=True, default='', max_length=150, verbose_name='role')),
                ('is_main', models.BooleanField(default=False, editable=False)),
                ('phone', models.CharField(blank=True, default='', max_length=60, verbose_name='phone')),
                ('phone_e164', models.CharField(blank=True, default='', editable=False, max_length=20)),
                ('email', models.CharField(blank=True, default='', max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(blank=True, default='', max_length=10, verbose_name='language')),
                ('binned_on', models.DateField(blank=True, editable=False, null=True)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='customers.customer', verbose_name='customer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
                'indexes': [models.Index(fields=['sort_name', 'id'], name='contact_all_by_name'), models.Index(condition=models.Q(('phone_e164', ''), _negated=True), fields=['phone_e164'], name='contact_phone')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_main', True)), fields=('customer',), name='contact_one_main')],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='CustomerFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_ref', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('name', models.CharField(max_length=200, verbose_name='file')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('size', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('binned_on', models.DateField(blank=True, editable=False, null=True)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='customers.customer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('target', models.CharField(max_length=20)),
                ('file_name', models.CharField(max_length=250)),
                ('file_hash', models.CharField(db_index=True, max_length=64)),
                ('mapping', models.JSONField(default=dict)),
                ('reading', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('checked', 'Checked'), ('applied', 'Applied'), ('undone', 'Undone')], default='checked', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('applied_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('counts', models.JSONField(default=dict)),
                ('made', models.JSONField(default=dict)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SearchTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.CharField(max_length=60)),
                ('kind', models.CharField(max_length=10)),
                ('record_id', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'term', 'record_id'], name='search_by_term'), models.Index(fields=['kind', 'record_id', 'term'], name='search_of_record')],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_ref', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('key', models.CharField(max_length=100, unique=True)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='place in the list')),
                ('is_active', models.BooleanField(default=True)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['order', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CustomerTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('tag', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.tag')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
                'indexes': [models.Index(fields=['tag', 'customer'], name='customers_of_tag')],
                'constraints': [models.UniqueConstraint(fields=('customer', 'tag'), name='customer_tag_once')],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name='customer',
            name='tags',
            field=models.ManyToManyField(editable=False, related_name='+', through='customers.CustomerTag', to='customers.tag'),
        ),
        migrations.CreateModel(
            name='ContactTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.contact')),
                ('tag', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.tag')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
                'indexes': [models.Index(fields=['tag', 'contact'], name='contacts_of_tag')],
                'constraints': [models.UniqueConstraint(fields=('contact', 'tag'), name='contact_tag_once')],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name='contact',
            name='tags',
            field=models.ManyToManyField(editable=False, related_name='+', through='customers.ContactTag', to='customers.tag'),
        ),
        migrations.CreateModel(
            name='TwinPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signs', models.CharField(max_length=30)),
                ('cents', models.BigIntegerField(default=0)),
                ('found_on', models.DateField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('different', 'Not the same')], default='open', max_length=10)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('first', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
                'indexes': [models.Index(fields=['state', '-cents', '-id'], name='twins_by_value')],
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='twins_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='twins_in_order')],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_on', models.DateField(editable=False)),
                ('deleted_on', models.DateField(blank=True, editable=False, null=True)),
                ('reference', models.CharField(default=customers.models.complaint.complaint_reference, max_length=100, unique=True)),
                ('made_on', models.DateField(verbose_name='day')),
                ('about', models.CharField(max_length=200, verbose_name='what it is about')),
                ('note', models.TextField(blank=True, default='', max_length=1000, verbose_name='what was said')),
                ('settled_on', models.DateField(blank=True, null=True, verbose_name='answered on')),
                ('answer', models.TextField(blank=True, default='', max_length=1000, verbose_name='what was answered')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='customers.customer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
                'indexes': [models.Index(condition=models.Q(('deleted_on__isnull', True), ('settled_on__isnull', True)), fields=['customer', 'made_on'], name='complaint_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('settled_on__isnull', True), ('settled_on__gte', models.F('made_on')), _connector='OR'), name='complaint_settled_after_made')],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='CustomerPast',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_on', models.DateField(editable=False)),
                ('deleted_on', models.DateField(blank=True, editable=False, null=True)),
                ('is_test', models.BooleanField()),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='past', to='customers.customer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
                'constraints': [models.UniqueConstraint(fields=('customer', 'deleted_on'), name='customer_past_once')],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('values', models.JSONField()),
                ('verdict', models.CharField(choices=[('new', 'New'), ('filled', 'Filled'), ('same', 'Same'), ('error', 'Error')], max_length=10)),
                ('problem', models.TextField(blank=True, default='')),
                ('record_id', models.BigIntegerField(null=True)),
                ('before', models.JSONField(null=True)),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='customers.importbatch')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'line'), name='import_line_once')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_on', models.DateField(editable=False)),
                ('deleted_on', models.DateField(blank=True, editable=False, null=True)),
                ('merged_on', models.DateField(null=True)),
                ('client_ref', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ('taken', models.JSONField(default=dict, editable=False)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='customers.customer')),
                ('into', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absorbed', to='customers.customer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_on__isnull', True)), fields=('customer',), name='merge_one_live'), models.CheckConstraint(condition=models.Q(('customer', models.F('into')), _negated=True), name='merge_not_into_itself')],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Ownership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_on', models.DateField(editable=False)),
                ('deleted_on', models.DateField(blank=True, editable=False, null=True)),
                ('reference', models.CharField(default=customers.models.customer.ownership_reference, max_length=100, unique=True)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(blank=True, null=True)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='ownerships', to='customers.customer')),
                ('rep', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ownerships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
                'indexes': [models.Index(fields=['customer', 'from_on'], name='ownership_of_customer')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_on__isnull', True), ('to_on__isnull', True)), fields=('customer',), name='ownership_one_open'), models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='ownership_ends_after_start')],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='PurchaseDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.IntegerField()),
                ('cents', models.BigIntegerField()),
                ('purchases', models.PositiveIntegerField(default=1)),
                ('n', models.PositiveIntegerField()),
                ('first_day', models.IntegerField()),
                ('so_far', models.PositiveIntegerField()),
                ('gap', models.PositiveIntegerField(null=True)),
                ('next_day', models.IntegerField(null=True)),
                ('halves', models.PositiveIntegerField(null=True)),
                ('gap_memory', models.PositiveIntegerField(default=0)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('customer', 'day'), name='purchase_day_once')],
            },
        ),
        migrations.CreateModel(
            name='Revenue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_on', models.DateField(editable=False)),
                ('deleted_on', models.DateField(blank=True, editable=False, null=True)),
                ('reference', models.CharField(default=customers.models.money.revenue_reference, max_length=100, unique=True)),
                ('order_ref', models.CharField(blank=True, default='', max_length=100)),
                ('on', models.DateField()),
                ('product', models.CharField(blank=True, default='', max_length=200)),
                ('amount', crm.lib.fields.ExactDecimalField(decimal_places=8, max_digits=20)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('fx_rate', crm.lib.fields.ExactDecimalField(decimal_places=8, default=1, max_digits=20)),
                ('cost', crm.lib.fields.ExactDecimalField(blank=True, decimal_places=8, max_digits=20, null=True)),
                ('cents', models.BigIntegerField(editable=False)),
                ('cost_cents', models.BigIntegerField(editable=False, null=True)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='revenue', to='customers.customer')),
                ('rep', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credited', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
                'indexes': [models.Index(fields=['customer', 'on'], name='revenue_of_customer'), models.Index(fields=['rep', 'on'], name='revenue_of_rep'), models.Index(fields=['recorded_on'], name='revenue_recorded'), models.Index(condition=models.Q(('deleted_on__isnull', False)), fields=['deleted_on'], name='revenue_deleted')],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_on', models.DateField(editable=False)),
                ('deleted_on', models.DateField(blank=True, editable=False, null=True)),
                ('reference', models.CharField(default=customers.models.money.survey_reference, max_length=100, unique=True)),
                ('kind', models.CharField(choices=[('nps', 'Would recommend (0-10)'), ('csat', 'Satisfaction (1-5)')], max_length=10)),
                ('score', models.SmallIntegerField(blank=True, null=True)),
                ('sent_on', models.DateField(blank=True, null=True)),
                ('answered_on', models.DateField(blank=True, null=True)),
                ('source', models.CharField(blank=True, choices=[('call', 'on the phone'), ('meeting', 'in a meeting'), ('email', 'by e-mail'), ('form', 'in a form'), ('other', 'elsewhere'), ('logged', 'in a call')], default='', max_length=10)),
                ('comment', models.TextField(blank=True, default='', max_length=1000, verbose_name='comment')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='surveys', to='customers.customer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
                'constraints': [models.CheckConstraint(condition=models.Q(('score__isnull', True), models.Q(('kind', 'nps'), ('score__gte', 0), ('score__lte', 10)), models.Q(('kind', 'csat'), ('score__gte', 1), ('score__lte', 5)), _connector='OR'), name='survey_score_on_scale')],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
    ]
