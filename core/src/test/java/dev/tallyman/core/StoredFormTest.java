package dev.tallyman.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.alert.BoardSample;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notifications;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.LedgerSample;
import dev.tallyman.core.ledger.Retention;
import dev.tallyman.core.poll.Organization;
import dev.tallyman.core.poll.Organizations;
import dev.tallyman.core.poll.PollFixtures;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.DayTotals;
import dev.tallyman.core.poll.records.Defect;
import dev.tallyman.core.poll.records.Defects;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.PollState;
import dev.tallyman.core.poll.records.Progress;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.price.Rates;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.spend.SumsSample;
import dev.tallyman.core.store.Blobs;
import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import dev.tallyman.core.usage.Name;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is stored of everything, byte by byte. Stored data outlives programs: a change that breaks
 * this must go on reading what was stored before. After a change that does, {@code -Dgolden=write}
 * writes the files again.
 */
final class StoredFormTest {
  private static final Path GOLDEN = Path.of("src/test/resources/stored");
  private static final String ORG = "acme";
  private static final Instant NOW = Instant.parse("2026-11-20T09:15:00Z");
  private static final Optional<Instant> EARLIER = Optional.of(NOW.minusSeconds(3600));
  private static final Notification WARNING =
      Notifications.warning(NOW, "0123abcd", "ops").within(List.of("al_x"), List.of("ops"));

  /** Everything that is kept, with every field set somewhere. */
  @SuppressWarnings("ImmutableEnumChecker") // Lambdas that hold nothing.
  enum Sample {
    ORGANIZATION(
        store -> PollFixtures.put(store, new Organization(ORG, Optional.of("org-1"), true, NOW)),
        store -> new Organizations(store).all()),

    CYCLE(
        store -> PollFixtures.put(store, ORG, cycle()),
        store -> records(store).cycles(NOW, NOW.plusSeconds(1))),

    POLL_STATE(store -> PollFixtures.put(store, ORG, state()), store -> records(store).state()),

    NAME(
        store ->
            ledger(store)
                .putName(
                    new Name(Name.Kind.PROJECT, "proj_1", "Search", Map.of("status", "archived"))),
        store -> ledger(store).names(Name.Kind.PROJECT)),

    RATES(
        store ->
            ledger(store)
                .putRates(
                    Rates.parse(
                        """
                        gpt-5\t\tinput\t2026-11-17\t0.00000125
                        gpt-5\t\tinput\t2026-11-18\t0.0000013
                        gpt-5\t\tinput\t2026-11-19\t0.00000125
                        gpt-5\tbatch\toutput\t2026-11-19\t0.000005
                        """)),
        store -> ledger(store).rates().toText()),

    HOURS(LedgerSample::writeHours, LedgerSample::readHours),

    COSTS(LedgerSample::writeCosts, LedgerSample::readCosts),

    ROLLUPS(LedgerSample::writeRollups, LedgerSample::readRollups),

    SETTINGS(
        store -> {
          var settings = new SettingsStore(store);
          settings.save(settings(Map.of("poll", Map.of("minutes", 9))), 0, "local", NOW);
          settings.save(settings(document()), 1, "operator 9f86d081", NOW.plusSeconds(1));
        },
        store -> {
          var settings = new SettingsStore(store);
          return List.of(
              settings.load().settings().toDocument(),
              settings.changes(Optional.empty(), 10, NOW.plusSeconds(2)));
        }),

    BOARD(store -> BoardSample.write(store, NOW), BoardSample::read),

    DELIVERY(
        store -> Notifications.keep(store, WARNING, "ops"),
        store -> Notifications.kept(store, WARNING, "ops")),

    SUMS(SumsSample::writeSums, SumsSample::readSums),

    USUAL(SumsSample::writeUsual, SumsSample::readUsual);

    final Consumer<Store> writer;
    final Function<Store, Object> reader;

    Sample(Consumer<Store> writer, Function<Store, Object> reader) {
      this.writer = writer;
      this.reader = reader;
    }

    List<Item> written() {
      InMemoryStore store = store();
      writer.accept(store);
      return store.items();
    }

    Object read(List<Item> items) {
      InMemoryStore store = store();
      items.forEach(item -> store.put(item, new Condition.Always()));
      return reader.apply(store);
    }

    Path file() {
      return GOLDEN.resolve(name().toLowerCase(java.util.Locale.ROOT) + ".txt");
    }
  }

  private static InMemoryStore store() {
    return new InMemoryStore(InstantSource.fixed(NOW));
  }

  private static Records records(Store store) {
    return new Records(store, ORG, 400);
  }

  private static Ledger ledger(Store store) {
    return new Ledger(store, ORG, Retention.DEFAULT);
  }

  private static CycleRecord cycle() {
    Optional<String> message = Optional.of("The provider is busy; try again.");
    return new CycleRecord(
        NOW,
        Duration.ofMillis(1234),
        "schedule",
        true,
        new TreeMap<>(
            Map.of(
                "completions",
                new EndpointResult(48, 3, 1, 2, 4, Optional.empty(), message, EARLIER),
                "images",
                new EndpointResult(0, 0, 0, 0, Optional.of(Kind.SERVER), message, EARLIER))),
        new DayTotals(
            LocalDate.parse("2026-11-20"),
            new TreeMap<>(Map.of("mini", 10L, "premium", 1_000_000L)),
            321,
            new BigDecimal("12.345")));
  }

  private static PollState state() {
    Optional<Instant> now = Optional.of(NOW);
    return new PollState(
        0,
        new TreeMap<>(
            Map.of(
                "completions",
                new Progress(
                    now,
                    EARLIER,
                    now,
                    EARLIER,
                    now,
                    24,
                    new Defects(
                        List.of(
                            new Defect(
                                NOW.minusSeconds(7200),
                                NOW.minusSeconds(3600),
                                "2 rows were left out: input_tokens is below zero")))),
                "costs",
                Progress.NONE)),
        EARLIER,
        List.of("user", "api_key proj_1"),
        now,
        "5f1d");
  }

  private static Settings settings(Map<String, Object> document) {
    return switch (Settings.of(document)) {
      case SettingsResult.Valid(Settings settings) -> settings;
      case SettingsResult.Invalid(var mistakes) ->
          throw new IllegalArgumentException(mistakes.toString());
    };
  }

  private static Map<String, Object> document() {
    return Map.of(
        "poll",
        Map.of("minutes", 10),
        "channels",
        Map.of("ops", Map.of("kind", "slack", "secret", "SLACK_OPS")),
        "budgets",
        Map.of(
            "team-a",
            Map.of(
                "name", "Team A",
                "metric", "billed",
                "limit", "2000.50",
                "currency", "eur",
                "window", "month",
                "scope", Map.of("project", "proj_1"),
                "thresholds", List.of("80%", "1500 EUR"),
                "channels", List.of("ops"))));
  }

  /** Deflated bytes may differ from one zlib to another: what they say may not. */
  @ParameterizedTest
  @EnumSource
  void isWrittenAsItWas(Sample sample) throws IOException {
    List<Item> items = sample.written();
    String written = text(items) + "reads " + readable(sample.read(items)) + "\n";
    if ("write".equals(System.getProperty("golden"))) {
      Files.createDirectories(GOLDEN);
      Files.writeString(sample.file(), written);
    }

    assertThat(said(written)).isEqualTo(said(Files.readString(sample.file())));
  }

  @ParameterizedTest
  @EnumSource
  void isReadAsItWas(Sample sample) throws IOException {
    String golden = Files.readString(sample.file());

    assertThat(values(golden))
        .endsWith(values("\nreads " + readable(sample.read(items(golden))) + "\n"));
  }

  /** A text without the names of records and of their components: these may change. */
  private static String values(String text) {
    return text.replaceAll("\\w+(?=\\[)", "").replaceAll("\\b[a-z]\\w*=", "");
  }

  @ParameterizedTest
  @EnumSource
  void isNamedIfItIsDamaged(Sample sample) {
    List<Item> whole = sample.written();
    for (Item item : whole) {
      if (item.bytes().length() == 0) {
        continue;
      }
      var damaged = new ArrayList<>(whole);
      damaged.set(
          whole.indexOf(item),
          new Item(item.key(), item.version(), item.expires(), Bytes.copyOf(new byte[] {0, 9})));

      assertThatThrownBy(() -> sample.read(damaged))
          .as("%s", item.key())
          .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.passing()).isFalse())
          .hasMessageContaining("%s / %s", item.key().partition(), item.key().sort());
    }
  }

  @Test
  void whatIsInPartsIsFoundByItsHead() {
    InMemoryStore store = store();
    new Blobs(store)
        .put(
            new Key("p", "s"),
            7,
            Optional.empty(),
            new byte[Blobs.PART + 1],
            new Condition.Always(),
            false);

    assertThat(store.items())
        .extracting(item -> item.key() + " " + item.bytes().length())
        .containsExactly(
            "Key[partition=p, sort=s] 31",
            "Key[partition=p#s#parts, sort=0000000000000000007-6d3abc1f#000] 300000",
            "Key[partition=p#s#parts, sort=0000000000000000007-6d3abc1f#001] 1");
    assertThat(new String(store.items().getFirst().bytes().toArray(), UTF_8))
        .isEqualTo("\u00010000000000000000007-6d3abc1f 2");
  }

  @Test
  void noFileIsLeftOver() throws IOException {
    try (var files = Files.list(GOLDEN)) {
      assertThat(files)
          .containsExactlyInAnyOrderElementsOf(
              Arrays.stream(Sample.values()).map(Sample::file).toList());
    }
  }

  private static String text(List<Item> items) {
    var text = new StringBuilder();
    for (Item item : items) {
      byte[] bytes = item.bytes().toArray();
      text.append(item.key().partition()).append(" / ").append(item.key().sort()).append('\n');
      text.append(item.version()).append(item.expires().map(at -> " until " + at).orElse(""));
      text.append("\nsays ").append(readable(plain(bytes)));
      text.append("\nis ").append(HexFormat.of().formatHex(bytes)).append("\n\n");
    }
    return text.toString();
  }

  /** A text without the bytes as they are and what is read from them. */
  private static String said(String text) {
    return text.replaceAll("(?m)^(is|reads) .*\n", "");
  }

  private static List<Item> items(String text) {
    var items = new ArrayList<Item>();
    for (String each : text.split("\n\n", -1)) {
      String[] lines = each.split("\n", -1);
      if (lines.length == 4) {
        String[] key = lines[0].split(" / ", 2);
        String[] version = lines[1].split(" until ", 2);
        items.add(
            new Item(
                new Key(key[0], key[1]),
                Long.parseLong(version[0]),
                version.length > 1 ? Optional.of(Instant.parse(version[1])) : Optional.empty(),
                Bytes.copyOf(HexFormat.of().parseHex(lines[3].substring("is ".length())))));
      }
    }
    return items;
  }

  /** What is deflated, inflated; anything else as it is. */
  private static byte[] plain(byte[] bytes) {
    // The form of the content, and in a table that of the table, stand before it.
    for (int from : new int[] {1, 2}) {
      for (boolean raw : new boolean[] {true, false}) {
        try (InputStream in =
            new InflaterInputStream(
                new ByteArrayInputStream(bytes, from, Math.max(0, bytes.length - from)),
                new Inflater(raw))) {
          return concatenated(Arrays.copyOf(bytes, from), in.readAllBytes());
        } catch (IOException _) {
          // It is not deflated, or not from here.
        }
      }
    }
    return bytes;
  }

  private static byte[] concatenated(byte[] head, byte[] rest) {
    byte[] all = Arrays.copyOf(head, head.length + rest.length);
    System.arraycopy(rest, 0, all, head.length, rest.length);
    return all;
  }

  private static String readable(Object read) {
    return readable(read.toString().getBytes(UTF_8));
  }

  /** Printable ASCII as it is, the rest in hexadecimal. */
  private static String readable(byte[] bytes) {
    var text = new StringBuilder();
    for (byte each : bytes) {
      if (each >= ' ' && each <= '~' && each != '\\') {
        text.append((char) each);
      } else {
        text.append('\\').append(HexFormat.of().toHexDigits(each));
      }
    }
    return text.toString();
  }
}
