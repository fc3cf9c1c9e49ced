# Soundings: one image for web, workers and beat; what a container does, its command says.
# The servers of `make run` are for machines without any; here PostgreSQL and Redis are others.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/soundings/.venv
COPY requirements.txt /opt/soundings/
RUN /opt/soundings/.venv/bin/pip install --no-cache-dir --require-hashes -r /opt/soundings/requirements.txt
COPY . /opt/soundings
WORKDIR /opt/soundings
# Words and static files are made here, so that the running container writes nowhere but to
# its volumes. The secrets of this command protect nothing and stay nowhere.
RUN SECRET_KEY=build IDENTITY_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATABASE_URL=postgresql://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1 \
    STATIC_ROOT=/opt/soundings/collected \
    sh -c '.venv/bin/python -m survey_site.catalogues && .venv/bin/python manage.py collectstatic --noinput --verbosity=0'

FROM python:3.11-slim-bookworm
# Pango draws reports as PDF; the fonts are for their scripts. User 999 is who the postgres image
# runs as: commands on its folders (backup, restore, restore_drill) run as that user.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 soundings && groupadd --gid 999 postgres \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin soundings \
    && useradd --uid 999 --gid 999 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin postgres \
    && install -d -o soundings -g soundings -m 700 /var/lib/soundings /var/lib/soundings/exports /run/soundings
COPY --from=build /opt/soundings /opt/soundings
WORKDIR /opt/soundings
USER soundings
ENV PATH=/opt/soundings/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    DATA_DIR=/var/lib/soundings \
    EXPORTS_DIR=/var/lib/soundings/exports \
    STATIC_ROOT=/opt/soundings/collected \
    METRICS_DIR=/run/soundings/metrics \
    LOG_FORMAT=json
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--http", "1", "--no-ws", \
     "--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers", "--workers-kill-timeout", "30", \
     "--log-level", "warning", "--no-access-log", "survey_site.wsgi:application"]
