import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultiMatchingQueries;
import org.apache.lucene.monitor.MultipassTermFilteredPresearcher;
import org.apache.lucene.monitor.Presearcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.monitor.TermWeightor;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.IOUtils;

/**
 * Lucene TOKENS QUERIES COUNT PAIRS DOCUMENTS ROUND: Lucene Monitor over lines of words, at its best. Its presearchers and sizes of a
 * batch are tried on the first lines, long enough for the compiler of the virtual machine. Measured, in rounds of the first ROUND
 * lines, are the best of those batches that a stream can wait for (STREAM), and the best of all: of thousands of documents Monitor
 * makes an index and searches that, which pays the more the longer they wait. The time is that of this thread: neither the compiler's nor
 * the collector's is in it. Pairs are of the first DOCUMENTS lines; PAIRS `-`: only hashed.
 */
public final class Lucene {
    private static final String FIELD = "t";
    private static final int SAMPLE = 20_000, ROUNDS = 5, LONGEST_WORD = 8192, STREAM = 1000, MARK = 100_000;
    private static final double FIRST_WARM_S = 15, WARM_S = 1, TRY_S = 2;
    private static final int[] BATCHES = {1, 100, 1000, 5000, 20_000};
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final List<String> lines;
    private final List<MonitorQuery> queries = new ArrayList<>();
    private final List<Monitor> monitors = new ArrayList<>();
    private final TermWeightor weightor;
    private final FieldType type = new FieldType();

    private Lucene(Path tokens, Path forms, int count) throws IOException {
        lines = Files.readAllLines(tokens, StandardCharsets.UTF_8);
        List<String> texts = Files.readAllLines(forms, StandardCharsets.UTF_8);
        if (texts.size() < count) {
            throw new IllegalArgumentException(forms + " has fewer than " + count + " queries");
        }
        for (int i = 0; i < count; i++) {
            queries.add(new MonitorQuery(Integer.toString(i), new Reader(texts.get(i)).whole()));
        }
        weightor = weights(lines.subList(0, Math.min(SAMPLE, lines.size())));
        type.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS);
        type.setTokenized(true);
        type.setOmitNorms(true);
        type.freeze();
    }

    /** Rare words weigh more; those that the sample lacks, most. */
    private static TermWeightor weights(List<String> sample) {
        Map<String, Integer> frequencies = new HashMap<>();
        for (String line : sample) {
            for (String word : new HashSet<>(Arrays.asList(line.split(" ")))) {
                frequencies.merge(word, 1, Integer::sum);
            }
        }
        return term -> SAMPLE / (frequencies.getOrDefault(term.text(), 0) + 0.5);
    }

    /** The prefix form of neutral.h. */
    private static final class Reader {
        private final String[] words;
        private int at;

        Reader(String text) {
            words = text.split(" ");
        }

        Query whole() {
            Query query = next();
            if (at != words.length) {
                throw new IllegalArgumentException("too much behind a query: " + String.join(" ", words));
            }
            return query;
        }

        private Query next() {
            switch (words[at++]) {
                case "w":
                    return new TermQuery(new Term(FIELD, words[at++]));
                case "p":
                    return phrase(0, take(Integer.parseInt(words[at++])));
                case "n":
                    return near(Integer.parseInt(words[at++]), take(2));
                case "&":
                    return group(Occur.MUST);
                case "|":
                    return group(Occur.SHOULD);
                default:
                    throw new IllegalArgumentException("no query: " + String.join(" ", words));
            }
        }

        private String[] take(int count) {
            at += count;
            return Arrays.copyOfRange(words, at - count, at);
        }

        private static Query phrase(int slop, String... terms) {
            return new PhraseQuery(slop, FIELD, terms);
        }

        /** A phrase may be sloppy in its own order; the other order would cost two more. */
        private static Query near(int distance, String[] pair) {
            return new BooleanQuery.Builder()
                    .add(phrase(distance, pair[0], pair[1]), Occur.SHOULD)
                    .add(phrase(distance, pair[1], pair[0]), Occur.SHOULD)
                    .build();
        }

        private Query group(Occur occur) {
            BooleanQuery.Builder group = new BooleanQuery.Builder();
            for (int left = Integer.parseInt(words[at++]); left > 0; left--) {
                boolean not = words[at].equals("!");
                at += not ? 1 : 0;
                group.add(next(), not ? Occur.MUST_NOT : occur);
            }
            return group.build();
        }
    }

    /** All queries in one segment of memory. */
    private Monitor monitor(Presearcher presearcher) throws IOException {
        MonitorConfiguration configuration = new MonitorConfiguration() {
            @Override
            protected IndexWriterConfig getIndexWriterConfig() {
                return super.getIndexWriterConfig().setRAMBufferSizeMB(1024);
            }
        };
        configuration.setQueryUpdateBufferSize(queries.size() + 1);
        Monitor monitor = new Monitor(analyzer(), presearcher, configuration);
        monitor.register(queries);
        monitors.add(monitor);
        return monitor;
    }

    private static Analyzer analyzer() {
        return new Analyzer() {
            @Override
            protected TokenStreamComponents createComponents(String field) {
                return new TokenStreamComponents(new WhitespaceTokenizer(LONGEST_WORD));
            }
        };
    }

    private Presearcher presearcher(int passes) {
        return passes == 1
                ? new TermFilteredPresearcher(weightor, List.of(), Set.of())
                : new MultipassTermFilteredPresearcher(passes, 0, weightor, List.of(), Set.of());
    }

    private Document[] batch(int first, int last) {
        Document[] documents = new Document[last - first];
        for (int i = 0; i < documents.length; i++) {
            documents[i] = new Document();
            documents[i].add(new Field(FIELD, lines.get(first + i), type));
        }
        return documents;
    }

    private static long cpu() {
        return THREADS.getCurrentThreadCpuTime();
    }

    /** The pairs of a round: hashed as matchers.c does it, and written. */
    private static final class Pairs {
        private final OutputStream out;
        private final StringBuilder hashes = new StringBuilder();
        private long hash;
        private long total;

        Pairs(OutputStream out) {
            this.out = out;
        }

        void add(int line, int[] alerts) throws IOException {
            if (line > 0 && line % MARK == 0) {
                mark(line);
            }
            ByteBuffer bytes = ByteBuffer.allocate(8 * alerts.length).order(ByteOrder.LITTLE_ENDIAN);
            for (int alert : alerts) {
                bytes.putInt(line).putInt(alert);
                hash = (hash ^ ((long) line << 32 | alert)) * 0x9E3779B97F4A7C15L;
                hash ^= hash >>> 32;
            }
            total += alerts.length;
            out.write(bytes.array());
        }

        void mark(int documents) {
            hashes.append(String.format(Locale.ROOT, "%s\"%d\":\"%016x\"", hashes.length() > 0 ? "," : "", documents, hash));
        }
    }

    /** Lines from first on, last not included; how many matches. */
    private long match(Monitor monitor, int first, int last, Pairs pairs) throws IOException {
        MultiMatchingQueries<QueryMatch> matches = monitor.match(batch(first, last), QueryMatch.SIMPLE_MATCHER);
        long count = 0;
        for (int i = 0; i < last - first; i++) {
            count += matches.getMatchCount(i);
            if (pairs != null) {
                pairs.add(first + i, matches.getMatches(i).stream().mapToInt(match -> Integer.parseInt(match.getQueryId())).sorted().toArray());
            }
        }
        return count;
    }

    private long round(Monitor monitor, int batch, int count, Pairs pairs) throws IOException {
        long matches = 0;
        for (int first = 0; first < count; first += batch) {
            matches += match(monitor, first, Math.min(first + batch, count), pairs);
        }
        return matches;
    }

    /** Documents a second, over lines of the sample again and again for that long. */
    private double speed(Monitor monitor, int batch, double seconds) throws IOException {
        int sample = Math.min(SAMPLE, lines.size());
        long begin = cpu();
        long done = 0;
        for (int first = 0; cpu() - begin < seconds * 1e9; first = first + batch < sample ? first + batch : 0) {
            int last = Math.min(first + batch, sample);
            match(monitor, first, last, null);
            done += last - first;
        }
        return done * 1e9 / (cpu() - begin);
    }

    private record Way(Monitor monitor, String name, int batch, double speed, double buildS) {}

    /** The best of the batches up to STREAM, and the best of all. */
    private Way[] tune() throws IOException {
        Way[] best = {null, null};
        double warm = FIRST_WARM_S;
        for (int passes : new int[] {1, 2}) {
            long begin = cpu();
            Monitor monitor = monitor(presearcher(passes));
            double build = (cpu() - begin) / 1e9;
            String name = passes == 1 ? "TermFiltered" : "Multipass " + passes;
            for (int batch : BATCHES) {
                speed(monitor, batch, warm);
                warm = WARM_S;
                Way way = new Way(monitor, name, batch, speed(monitor, batch, TRY_S), build);
                System.err.printf(Locale.ROOT, "Lucene Monitor, %d alerts, %s, batches of %d: %.0f documents/s%n", queries.size(), name, batch, way.speed);
                for (int i = batch <= STREAM ? 0 : 1; i < best.length; i++) {
                    best[i] = best[i] == null || way.speed > best[i].speed ? way : best[i];
                }
            }
        }
        return best;
    }

    /** Documents a second of each round, ascending. */
    private double[] measure(Way way, int count) throws IOException {
        double[] rounds = new double[ROUNDS];
        speed(way.monitor, way.batch, WARM_S);
        for (int i = 0; i < ROUNDS; i++) {
            long begin = cpu();
            round(way.monitor, way.batch, count, null);
            rounds[i] = count * 1e9 / (cpu() - begin);
        }
        Arrays.sort(rounds);
        return rounds;
    }

    private void print(Way way, String engine, double[] rounds, int count, Pairs pairs) {
        System.out.printf(
                Locale.ROOT,
                "{\"engine\":\"%s\",\"how\":\"%s, batches of %d\",\"alerts\":%d,\"documents_per_s\":%.1f,\"slowest\":%.1f,\"fastest\":%.1f,"
                        + "\"rounds\":%d,\"measured\":%d,\"build_s\":%.3f,\"index_bytes\":0,\"peak_bytes\":0,\"cut\":0,\"pairs\":%d,\"hashes\":{%s}}%n",
                engine, way.name, way.batch, queries.size(), rounds[ROUNDS / 2], rounds[0], rounds[ROUNDS - 1], ROUNDS, count, way.buildS, pairs.total, pairs.hashes);
    }

    private void run(String path, int documents, int limit) throws IOException {
        Way[] ways = tune();
        int kept = Math.min(documents, lines.size());
        int count = Math.min(limit, lines.size());
        try (OutputStream out = path.equals("-") ? OutputStream.nullOutputStream() : new BufferedOutputStream(Files.newOutputStream(Path.of(path)))) {
            Pairs pairs = new Pairs(out);
            round(ways[1].monitor, ways[1].batch, kept, pairs);
            pairs.mark(kept);
            if (round(ways[0].monitor, ways[0].batch, count, null) != round(ways[1].monitor, ways[1].batch, count, null)) {
                throw new IllegalStateException("two ways to use Lucene Monitor find different pairs");
            }
            print(ways[0], "Lucene Monitor", measure(ways[0], count), count, pairs);
            print(ways[1], "Lucene, any batch", measure(ways[1], count), count, pairs);
        } finally {
            IOUtils.close(monitors);
        }
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 6) {
            System.err.println("usage: Lucene TOKENS QUERIES COUNT PAIRS DOCUMENTS ROUND");
            System.exit(2);
        }
        try {
            new Lucene(Path.of(args[0]), Path.of(args[1]), Integer.parseInt(args[2])).run(args[3], Integer.parseInt(args[4]), Integer.parseInt(args[5]));
        } catch (Throwable failure) { // a monitor's own thread would keep the process
            failure.printStackTrace();
            System.exit(1);
        }
    }
}
