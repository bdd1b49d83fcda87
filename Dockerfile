FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 CRM_ENV=production CRM_DATA_DIR=/data
WORKDIR /mainstay

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY . .
RUN useradd --system --uid 10001 --home-dir /data mainstay && mkdir /data && chown mainstay /data
USER mainstay
VOLUME /data
EXPOSE 8000

# processes asked to stop have ten seconds: a request or a short job ends, a long job is given back
STOPSIGNAL SIGTERM
CMD ["python", "-m", "gunicorn", "--config", "python:crm.web", "--bind", "0.0.0.0:8000", "crm.wsgi"]
