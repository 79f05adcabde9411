"""The parts that the flow tests run: Apache Kafka, Redis, the embedded broker and Earshot's own programs.

Each on free ports and in a folder of its own, stopped by its pid. Waiting is always for a condition, with a
deadline: until() is the one place that sleeps.
"""

import glob
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.request

import redis as redis_client
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
BIN = os.environ.get("EARSHOT_BIN", os.path.join(TREE, "build", "dev", "bin"))
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "earshot")
KAFKA_JARS = os.environ.get("KAFKA_JARS", os.path.join(CACHE, "kafka-4.1.0"))
SANITIZER = re.compile(r"ERROR: \w+Sanitizer|runtime error: |WARNING: ThreadSanitizer")
STAGES = (("matcher", "mentions.raw"), ("sentiment", "mentions.matched"), ("aggregator", "mentions.enriched"))


def until(what, condition, seconds=60.0, every=0.05):
    """The first true value of condition(); AssertionError that names `what` after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"{seconds:.0f} s and not yet: {what}"
        time.sleep(every)


def free_port():
    """Below the ports that the system gives to clients: where nothing listens for a while, a client that is given
    the very port it calls would talk to itself."""
    while True:
        port = random.randrange(12000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def listening(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


class Task(threading.Thread):
    """work() beside the test; finish() waits for its end and says what went wrong in it."""

    def __init__(self, what):
        super().__init__(daemon=True)
        self.what, self.error = what, None

    def run(self):
        try:
            self.work()
        except Exception as error:  # told by finish()
            self.error = error

    def finish(self):
        until(self.what, lambda: not self.is_alive(), 300)
        assert self.error is None, self.error


class Process:
    """One child with its output in a file."""

    def __init__(self, name, folder, argv, env=None):
        self.name, self.argv = name, argv
        self.log = os.path.join(folder, name + ".log")
        self.env = {**os.environ, **(env or {})}
        self.child = None

    def start(self):
        with open(self.log, "ab") as out:
            self.child = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self.env)
        return self

    def alive(self):
        return self.child is not None and self.child.poll() is None

    def signal(self, number):
        self.child.send_signal(number)

    def kill(self):
        if self.alive():
            self.child.kill()
        if self.child:
            self.child.wait()

    def stop(self, seconds=30):
        """SIGTERM, then its exit code; killed when that takes too long."""
        if self.child is None:
            return None
        if self.alive():
            self.child.send_signal(signal.SIGCONT)
            self.child.terminate()
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()


def kafka_missing():
    """Why there is no Apache Kafka to test with, or None."""
    if not glob.glob(os.path.join(KAFKA_JARS, "kafka_2.13-*.jar")):
        return f"Apache Kafka's jars are not in {KAFKA_JARS} (tests/run fetches them)"
    if not shutil.which("java"):
        return "no java"
    return None


class Kafka(Process):
    """One node of Apache Kafka in KRaft mode; its log outlives kill() and start()."""

    def __init__(self, folder):
        self.port, self.controller = free_port(), free_port()
        self.brokers = f"127.0.0.1:{self.port}"
        self.conf = os.path.join(folder, "kafka.properties")
        classes = os.path.join(KAFKA_JARS, "*")
        env = {"LC_ALL": "C"}
        super().__init__("kafka", folder, ["java", "-Xmx768m", "-Xms256m", "-XX:+UseSerialGC", "-cp", classes, "kafka.Kafka", self.conf], env)
        with open(self.conf, "w", encoding="utf-8") as out:
            out.write("\n".join((
                "process.roles=broker,controller", "node.id=1",
                f"controller.quorum.voters=1@127.0.0.1:{self.controller}",
                f"listeners=PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller}",
                f"advertised.listeners=PLAINTEXT://127.0.0.1:{self.port}",
                "controller.listener.names=CONTROLLER",
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                f"log.dirs={folder}/kafka", "offsets.topic.num.partitions=4",
                "offsets.topic.replication.factor=1", "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1", "group.initial.rebalance.delay.ms=0",
                "auto.create.topics.enable=false", "")))
        subprocess.run(["java", "-cp", classes, "kafka.tools.StorageTool", "format", "-t", "ZWFyc2hvdC1mbG93LXRlcw", "-c", self.conf],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self):
        super().start()
        until("Kafka answers", self.answers, 90)
        return self

    def answers(self):
        """Its own broker is in the metadata: registered and unfenced. (A fenced one has the port open already.)"""
        assert self.alive(), self.text()[-2000:]
        if not listening(self.port):
            return False
        try:
            return AdminClient({"bootstrap.servers": self.brokers, "log_level": 0}).list_topics(timeout=2).brokers
        except KafkaException:
            return False


class Broker(Process):
    """`earshot broker`, the embedded one."""

    def __init__(self, folder):
        self.ready_file = os.path.join(folder, "broker.address")
        super().__init__("broker", folder, [os.path.join(BIN, "earshot"), "broker", "--ready-file", self.ready_file])
        self.brokers = None

    def start(self):
        super().start()
        until("the embedded broker is ready", lambda: os.path.exists(self.ready_file) and open(self.ready_file).read().strip(), 20)
        with open(self.ready_file, encoding="utf-8") as ready:
            self.brokers = ready.read().strip()
        return self


class Redis(Process):
    """redis-server with its append-only file, started clean as DESIGN.md says."""

    def __init__(self, folder, password=None):
        self.port, self.password = free_port(), password
        self.folder = os.path.join(folder, "redis")
        os.makedirs(self.folder, exist_ok=True)
        argv = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", self.folder, "--save", "", "--appendonly", "yes",
                "--appendfsync", "everysec", "--aof-load-truncated", "no", "--maxmemory-policy", "noeviction"]
        if password:
            argv += ["--requirepass", password]
        super().__init__("redis", folder, argv)
        self.url = f"redis://127.0.0.1:{self.port}"

    def client(self):
        return redis_client.Redis(port=self.port, password=self.password, decode_responses=True)

    def start(self):
        for manifest in glob.glob(os.path.join(self.folder, "appendonlydir", "*.manifest")):
            subprocess.run(["redis-check-aof", "--fix", manifest], input=b"y\n", stdout=subprocess.DEVNULL, check=False)
        super().start()
        until("Redis answers", self.answers, 30)
        return self

    def answers(self):
        try:
            return self.client().ping()
        except redis_client.RedisError:
            return False


class Worker(Process):
    """A program of Earshot with its health on a port of its own."""

    count = 0

    def __init__(self, name, deployment, *arguments):
        Worker.count += 1
        self.port = free_port()
        argv = [os.path.join(BIN, "earshot-" + name), "--listen", f"127.0.0.1:{self.port}", "--log-format", "json", *arguments]
        super().__init__(f"{name}-{Worker.count}", deployment.folder, argv, deployment.env)

    def get(self, path):
        """(status, body); (0, '') where nothing answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def ready(self):
        return self.get("/readyz")[0] == 200

    def wait_ready(self, seconds=60):
        def condition():
            assert self.alive(), f"{self.name} ended: {self.text()[-2000:]}"
            return self.ready()
        until(f"{self.name} is ready ({self.get('/readyz')[1].strip()})", condition, seconds)
        return self

    def metric(self, name):
        """The sum of a metric's samples whose name and labels begin with `name`."""
        samples = re.findall(r"^(\S+?)(?:\{([^}]*)\})? (\S+)$", self.get("/metrics")[1], re.M)
        want, _, labels = name.partition("{")
        return sum(float(value) for found, have, value in samples if found == want and labels.rstrip("}") in have)


class Deployment:
    """Kafka (or the embedded broker) and Redis with Earshot's workers on them."""

    def __init__(self, folder, kafka, redis, deployment_id="flow", partitions=64):
        self.folder, self.kafka, self.redis, self.partitions = str(folder), kafka, redis, partitions
        self.env = {"EARSHOT_BROKERS": kafka.brokers, "EARSHOT_REDIS": redis.url}
        self.workers = []
        self.earshot("init", "--id", deployment_id, "--partitions", str(partitions))

    def earshot(self, *arguments, check=True, stdin=None):
        done = subprocess.run([os.path.join(BIN, "earshot"), *arguments], input=stdin, capture_output=True, text=True,
                              env={**os.environ, **self.env}, timeout=120)
        assert not check or done.returncode == 0, f"earshot {' '.join(arguments)}: exit {done.returncode}: {done.stderr}"
        return done

    def ask(self, function, *arguments):
        return json.loads(self.redis.client().fcall_ro(function, 0, *arguments))

    def apply(self, alerts):
        """Writes alerts and returns when they are in force."""
        done = self.earshot("alerts", "apply", "-", "--wait", stdin="\n".join(json.dumps(a, ensure_ascii=False) for a in alerts))
        return done.stdout

    def worker(self, name, *arguments):
        """One more worker, started."""
        one = Worker(name, self, *arguments)
        self.workers.append(one)
        return one.start()

    def start(self, *names):
        for one in [self.worker(name) for name in names or ("matcher", "sentiment", "aggregator")]:
            one.wait_ready()
        return self

    def ingest(self, path, *arguments):
        """Streams a file to its end; the finished process."""
        one = self.worker("ingest", "file", str(path), *arguments)
        until(f"{path} is sent", lambda: not one.alive(), 600)
        assert one.child.returncode == 0, one.text()[-2000:]
        return one

    def produce(self, records, topic="mentions.raw"):
        """(key, value) pairs, acknowledged."""
        producer = Producer({"bootstrap.servers": self.kafka.brokers, "partitioner": "murmur2_random", "enable.idempotence": True,
                             "message.max.bytes": 4 * 1024 * 1024, "queue.buffering.max.messages": 1000000})
        failed = []
        for key, value in records:
            producer.produce(topic, value=value, key=key, on_delivery=lambda error, _: failed.append(error) if error else None)
            producer.poll(0)
        producer.flush()
        assert not failed, failed[:3]

    def ends(self, topic, consumer, partitions=None):
        return [consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=10)[1] for p in range(partitions or self.partitions)]

    def behind(self, group, topic):
        """Records of a topic that its group has not committed."""
        consumer = Consumer({"bootstrap.servers": self.kafka.brokers, "group.id": group, "enable.auto.commit": False})
        try:
            done = consumer.committed([TopicPartition(topic, p) for p in range(self.partitions)], timeout=10)
            ends = self.ends(topic, consumer)
            return sum(end - max(0, at.offset) for end, at in zip(ends, done))
        finally:
            consumer.close()

    def wait_folded(self, seconds=300):
        """Until each stage has committed all of its input, first to last: then Redis holds everything."""
        end = time.monotonic() + seconds
        for stage, topic in STAGES:
            until(f"{stage} has read all of {topic}", lambda s=stage, t=topic: self.behind("earshot-" + s, t) == 0,
                  max(1.0, end - time.monotonic()), 0.2)

    def read(self, topic, partitions=None):
        """Every record of a topic, partition by partition."""
        consumer = Consumer({"bootstrap.servers": self.kafka.brokers, "group.id": "flow-reader", "enable.auto.commit": False,
                             "enable.partition.eof": True, "auto.offset.reset": "earliest"})
        count = partitions or self.partitions
        ends = self.ends(topic, consumer, count)
        consumer.assign([TopicPartition(topic, p, 0) for p in range(count)])
        records, open_ones = [], {p for p in range(count) if ends[p] > 0}
        end = time.monotonic() + 120
        while open_ones:
            assert time.monotonic() < end, f"{topic}: partitions {sorted(open_ones)} do not end"
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error():
                open_ones.discard(message.partition())
                continue
            records.append(message)
            if message.offset() + 1 >= ends[message.partition()]:
                open_ones.discard(message.partition())
        consumer.close()
        return records

    def stop(self):
        """Stops all; says which of those that nobody killed did not end well, or what a sanitizer found."""
        codes = [(one, one.stop()) for one in self.workers]
        wrong = [f"{one.name} ended with {code}: {one.text()[-1000:]}" for one, code in codes if code not in (0, -signal.SIGKILL)]
        for one in self.workers:
            found = SANITIZER.search(one.text())
            if found:
                wrong.append(f"{one.name}: {one.text()[found.start():][:3000]}")
        assert not wrong, "\n".join(wrong)
