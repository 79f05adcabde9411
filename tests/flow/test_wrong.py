"""Wrong configuration: one line that says what to change, and the right exit code in time."""

import os
import subprocess
import time

import pytest

import parts

PROGRAMS = ("earshot-matcher", "earshot-sentiment", "earshot-aggregator")


def run(program, *arguments, env=None):
    began = time.monotonic()
    done = subprocess.run([os.path.join(parts.BIN, program), *arguments], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL,
                          env={**os.environ, **(env or {})})
    return done.returncode, done.stderr.strip(), time.monotonic() - began


def last_line(text):
    return text.splitlines()[-1] if text else ""


@pytest.mark.parametrize("program", PROGRAMS + ("earshot-ingest",))
@pytest.mark.parametrize("arguments, env, words", [
    (["--brokerz", "x:1"], {}, ["--brokerz", "--brokers"]),
    (["--stop-timeout", "soon"], {}, ["--stop-timeout", "soon"]),
    ([], {"EARSHOT_STOP_TIMEOUT": "-1"}, ["EARSHOT_STOP_TIMEOUT", "-1"]),
    (["--kafka.enable.idempotence=false"], {}, ["enable.idempotence"]),
    (["--kafka.no.such.property=1"], {}, ["no.such.property"]),
])
def test_bad_configuration_is_one_line(program, arguments, env, words, tmp_path):
    mentions = tmp_path / "mentions.ndjson"
    mentions.write_text("")
    extra = ["file", str(mentions)] if program == "earshot-ingest" else []
    code, text, _ = run(program, *extra, *arguments, env=env)
    assert code == 2 and len(text.splitlines()) == 1, (code, text)
    assert all(word in text for word in words), text


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_key_of_the_file_is_named(program, tmp_path):
    path = tmp_path / "earshot.conf"
    path.write_text("# mine\nbroker = x:1\n")
    code, text, _ = run(program, "--config", str(path))
    assert code == 2 and f"{path}:2" in text and "brokers" in text, text


def test_an_empty_list_of_sources(tmp_path):
    path = tmp_path / "sources.json"
    path.write_text("")
    code, text, _ = run("earshot-ingest", "--sources", str(path))
    assert code == 2 and text == f"{path}:1: the text ends where an array should be", (code, text)


@pytest.mark.parametrize("program", PROGRAMS + ("earshot-ingest",))
def test_unreachable_broker_fails_fast(program, tmp_path):
    brokers = f"127.0.0.1:{parts.free_port()}"
    mentions = tmp_path / "mentions.ndjson"
    mentions.write_text("")
    extra = ["file", str(mentions)] if program == "earshot-ingest" else []
    code, text, seconds = run(program, *extra, "--fail-fast", "--brokers", brokers, "--log-format", "plain")
    assert code == 3 and seconds < 10, (code, seconds, text)
    assert brokers in text and "--brokers" in text, text


@pytest.mark.parametrize("program", ("matcher", "sentiment", "aggregator"))
def test_unreachable_broker_is_waited_for(program, tmp_path):
    class Nowhere:
        folder, env = str(tmp_path), {"EARSHOT_BROKERS": f"127.0.0.1:{parts.free_port()}"}
    worker = parts.Worker(program, Nowhere).start()
    try:
        parts.until("it says what it waits for", lambda: Nowhere.env["EARSHOT_BROKERS"] in worker.get("/readyz")[1], 20)
        assert worker.get("/readyz")[0] == 503 and worker.get("/livez")[0] == 200
        began = time.monotonic()
        parts.until("it has waited a while", lambda: time.monotonic() - began > 6, 10)
        said = [line for line in worker.text().splitlines() if Nowhere.env["EARSHOT_BROKERS"] in line]
        assert len(said) == 1, said
        assert worker.stop() == 0
    finally:
        worker.kill()


def test_redis_unreachable_and_wrong_password(embedded, tmp_path):
    server = parts.Redis(str(tmp_path), password="right")
    server.start()
    try:
        password = {"EARSHOT_REDIS_PASSWORD": "right"}
        base = {"EARSHOT_BROKERS": embedded.brokers, "EARSHOT_REDIS": server.url}
        code, text, _ = run("earshot", "init", env={**base, **password})
        assert code == 0, text
        for wrong, env, exit_code in (("password", {**base, "EARSHOT_REDIS_PASSWORD": "wrong"}, (1, 2, 3)),
                                      ("reach", {**base, "EARSHOT_REDIS": f"redis://127.0.0.1:{parts.free_port()}"}, (3,))):
            code, text, seconds = run("earshot-aggregator", "--fail-fast", "--log-format", "plain", env=env)
            assert code in exit_code and seconds < 10, (wrong, code, seconds, text)
            assert "redis" in text.lower(), text
            assert "wrong" not in text.replace("wrong password", "").lower().split("--redis-password")[0] or "password" in text.lower(), text

        class Here:
            folder = str(tmp_path)
        Here.env = {**base, "EARSHOT_REDIS_PASSWORD": "wrong"}
        worker = parts.Worker("aggregator", Here).start()
        try:
            parts.until("not ready for the password", lambda: "password" in worker.get("/readyz")[1].lower(), 20)
            assert worker.get("/readyz")[0] == 503 and worker.get("/livez")[0] == 200
            assert worker.stop() == 0
        finally:
            worker.kill()
    finally:
        server.stop()


def test_two_deployments_mixed(embedded, redis, tmp_path):
    """Kafka of one deployment with the Redis of another."""
    first = parts.Deployment(tmp_path, embedded, redis, deployment_id="one")
    other = parts.Broker(str(tmp_path / "other") if (tmp_path / "other").mkdir() is None else "").start()
    try:
        env = {"EARSHOT_BROKERS": other.brokers, "EARSHOT_REDIS": redis.url}
        code, text, _ = run("earshot", "init", "--id", "two", env=env)
        assert code == 1 and "one" in text and len(text.splitlines()) == 1, (code, text)
        spare = parts.Redis(str(tmp_path / "other")).start()
        try:
            code, text, _ = run("earshot", "init", "--id", "two", env={**env, "EARSHOT_REDIS": spare.url})
            assert code == 0, text
        finally:
            spare.stop()
        code, text, seconds = run("earshot-aggregator", "--fail-fast", "--log-format", "plain", env=env)
        assert code == 1 and seconds < 10 and "one" in last_line(text) and "two" in last_line(text), (code, text)
    finally:
        first.stop()
        other.stop()
