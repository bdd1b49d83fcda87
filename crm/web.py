"""gunicorn's settings, the same for `start`, the container and the tests."""

import os

from crm.lib.logs import logging_config

worker_class = "gthread"
workers = int(os.environ.get("CRM_WEB_PROCESSES") or 2)
threads = int(os.environ.get("CRM_WEB_THREADS") or 4)
preload_app = True
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
# it would lie in the home folder, which may not be there
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
logconfig_dict = logging_config(
    os.environ.get("CRM_LOG_LEVEL", "INFO"), as_json=os.environ.get("CRM_ENV") == "production"
)
