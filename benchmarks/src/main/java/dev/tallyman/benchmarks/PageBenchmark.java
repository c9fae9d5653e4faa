package dev.tallyman.benchmarks;

import dev.tallyman.benchmarks.support.Folders;
import dev.tallyman.benchmarks.support.Http;
import dev.tallyman.core.ledger.Change;
import dev.tallyman.core.ledger.HourReading;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.LedgerWriter;
import dev.tallyman.core.price.Catalogue;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.price.Rates;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.openai.read.PageReader;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.simulator.Size;
import dev.tallyman.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** What is done with each page of usage that says nothing new, from its bytes on. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PageBenchmark {
  static final Instant FROM = Instant.parse("2026-11-16T08:00:00Z");
  static final int HOURS = 12;
  static final Instant TO = FROM.plus(Duration.ofHours(HOURS));

  private byte[] page = {};
  private @Nullable SqliteStore store;
  private @Nullable Ledger ledger;

  /** The bytes of the page as the simulator sends it: 12 hours of 500 rows. */
  static byte[] page() throws IOException {
    try (Simulator simulator =
        Simulator.builder(InstantSource.fixed(TO.plus(Duration.ofDays(3))))
            .size(Size.LARGE)
            .build()
            .start()) {
      return Http.get(
          simulator.baseUrl()
              + "/organization/usage/completions?start_time="
              + FROM.getEpochSecond()
              + "&end_time="
              + TO.getEpochSecond()
              + "&bucket_width=1h&limit="
              + HOURS
              + "&group_by[]=project_id&group_by[]=user_id&group_by[]=api_key_id&group_by[]=model"
              + "&group_by[]=batch&group_by[]=service_tier");
    }
  }

  /** Reads the page once into a ledger. */
  @Setup
  public void setUp() throws IOException {
    page = page();
    Path folder = Folders.temporary();
    store = new SqliteStore(folder.resolve("ledger.db"), InstantSource.fixed(TO));
    ledger = new Ledger(store, "default", Settings.defaults().usage().retention());
    LedgerWriter writer = ledger.writer(List.of(ZoneOffset.UTC));
    replace(writer, Change.CHANGED);
    writer.finish(new Estimator(Catalogue.builtIn(), Rates.NONE), TO);
  }

  /** Closes the ledger. */
  @TearDown
  public void tearDown() {
    if (store != null) {
      store.close();
    }
  }

  /** Parsing and mapping alone. */
  @Benchmark
  public void parse(Blackhole hole) throws IOException {
    PageReader.read(Known.COMPLETIONS, page, FROM, TO, hole::consume);
  }

  /** Parsing, mapping, hashing and comparing with the ledger. */
  @Benchmark
  public void parseHashDiff() throws IOException {
    if (ledger == null) {
      throw new IllegalStateException("not set up");
    }
    LedgerWriter writer = ledger.writer(List.of(ZoneOffset.UTC));
    LocalDate day = LocalDate.ofInstant(FROM, ZoneOffset.UTC);
    writer.prepare(day, day.plusDays(1));
    replace(writer, Change.UNCHANGED);
  }

  private void replace(LedgerWriter writer, Change expected) throws IOException {
    PageReader.read(
        Known.COMPLETIONS,
        page,
        FROM,
        TO,
        bucket -> {
          Change change = writer.replace(HourReading.ofHour(bucket, TO));
          if (change != expected) {
            throw new IllegalStateException(change + " instead of " + expected);
          }
        });
  }
}
