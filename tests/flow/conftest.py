"""Fixtures of the flow tests: one Kafka a session, everything else a test's own."""

import pytest

import parts


def pytest_addoption(parser):
    parser.addoption("--seed", type=int, default=None, help="of what happens at random; printed by each run")


@pytest.fixture
def redis(tmp_path):
    server = parts.Redis(str(tmp_path)).start()
    yield server
    server.stop()


@pytest.fixture
def kafka(tmp_path):
    """A node of Apache Kafka of this test alone; skipped with the reason where it cannot be had."""
    if parts.kafka_missing():
        pytest.skip(parts.kafka_missing())
    node = parts.Kafka(str(tmp_path)).start()
    yield node
    node.stop()


@pytest.fixture
def embedded(tmp_path):
    broker = parts.Broker(str(tmp_path)).start()
    yield broker
    broker.stop()


@pytest.fixture
def on(request, tmp_path, redis):
    """on("kafka") or on("embedded"): a deployment on it, its workers not started."""
    made = []

    def make(kind, **options):
        deployment = parts.Deployment(tmp_path, request.getfixturevalue(kind), redis, **options)
        made.append(deployment)
        return deployment

    yield make
    for deployment in made:
        deployment.stop()


@pytest.fixture
def show(capsys):
    """Prints past pytest's capture: tables belong into the log of the run."""
    def write(text):
        with capsys.disabled():
            print("\n" + text, flush=True)
    return write
