# Wortlaut by its own files: the versions of constraints.txt, the CPU build of torch.
FROM python:3.11.14-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/wortlaut
COPY . .
RUN make install VENV=/opt/venv PYTHON=python3

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
ENTRYPOINT ["wortlaut"]
CMD ["chat", "--host", "0.0.0.0"]
