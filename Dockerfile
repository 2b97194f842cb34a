# Wortlaut by its own files: the versions of constraints.txt, the CPU build of torch.
FROM python:3.11.14-slim-bookworm

# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/wortlaut
COPY . .
# Of torch's folder a tenth is its own tests and another what only compilers read.
# hadolint ignore=SC2086
RUN make install VENV=/opt/venv PYTHON=python3 \
    && for part in test include share 'bin/test_*' 'bin/*Test' 'bin/protoc*'; do \
        rm -rf /opt/venv/lib/python3.11/site-packages/torch/$part; done

# The archive's folder belongs to a user who may do nothing else.
RUN useradd --uid 10001 --create-home wortlaut \
    && mkdir /data \
    && chown wortlaut:wortlaut /data
USER 10001

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    WORTLAUT_DATA=/data
VOLUME /data
EXPOSE 7860
# `docker run` alone is watched over, too; compose has its own for each service.
HEALTHCHECK --interval=30s --timeout=10s --retries=3 --start-period=2m \
    CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:7860/healthz', timeout=5)"]
ENTRYPOINT ["wortlaut"]
CMD ["chat", "--host", "0.0.0.0", "--no-auth"]
