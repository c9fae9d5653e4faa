package dev.tallyman.core.poll.records;

import dev.tallyman.core.store.Document;
import dev.tallyman.core.store.Fields;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One run of the poller and what it found: the snapshot that histories and freshness are read from.
 *
 * @param at when it began
 * @param took how long it ran
 * @param trigger who asked for it: {@code schedule}, {@code api}, {@code cli}, {@code fill}
 * @param simulated whether the organization is a simulated one
 * @param endpoints by the id of the endpoint, {@link #COSTS} or {@link #NAMES}
 * @param today the totals of the UTC day in which it ended
 */
public record CycleRecord(
    Instant at,
    Duration took,
    String trigger,
    boolean simulated,
    SortedMap<String, EndpointResult> endpoints,
    DayTotals today) {
  /** What the costs are called among the endpoints. */
  public static final String COSTS = "costs";

  /** What the names are called among the endpoints. */
  public static final String NAMES = "names";

  /** How large a stored record may become. */
  public static final int MAX_BYTES = 1024;

  /** How long a stored message is at most. */
  private static final int MAX_MESSAGE = 240;

  public CycleRecord {
    endpoints = Collections.unmodifiableSortedMap(new TreeMap<>(endpoints));
  }

  /** Whether everything that was due was read, whole; names never decide. */
  public boolean complete() {
    return endpoints.entrySet().stream()
        .allMatch(each -> each.getKey().equals(NAMES) || each.getValue().complete());
  }

  /** Whether nothing at all could be read. */
  public boolean readNothing() {
    return endpoints.entrySet().stream()
        .noneMatch(each -> !each.getKey().equals(NAMES) && each.getValue().ok());
  }

  /** How many buckets said something new. */
  public int changed() {
    return endpoints.values().stream().mapToInt(EndpointResult::changed).sum();
  }

  /** What a log says of it: who asked, how long it took, what changed, and what failed. */
  public Map<String, Object> summary() {
    var summary = new LinkedHashMap<String, Object>();
    summary.put("trigger", trigger);
    summary.put("ms", took.toMillis());
    summary.put("changed", changed());
    if (simulated) {
      summary.put("simulated", true);
    }
    var failed = new TreeMap<String, String>();
    var partial = new TreeMap<String, String>();
    endpoints.forEach((id, result) -> {
      if (result.failure().isPresent()) {
        failed.put(
            id, result.failure().get().name() + result.message().map(m -> ": " + m).orElse(""));
      } else if (result.partial() > 0) {
        partial.put(id, result.message().orElse(""));
      }
    });
    if (!failed.isEmpty()) {
      summary.put("failed", failed);
    }
    if (!partial.isEmpty()) {
      summary.put("partial", partial);
    }
    return summary;
  }

  /** The stored form: at most 1 KB, for which messages are shortened; each is stored once. */
  public byte[] encode() {
    for (int messages = MAX_MESSAGE; ; messages /= 2) {
      byte[] bytes = encode(messages);
      if (bytes.length <= MAX_BYTES || messages == 0) {
        return bytes;
      }
    }
  }

  private byte[] encode(int messageLength) {
    var results = new TreeMap<String, Object>();
    var told = new HashMap<String, String>();
    endpoints.forEach((id, result) -> {
      var members = new TreeMap<String, Object>();
      putUnlessZero(members, "r", result.read());
      putUnlessZero(members, "c", result.changed());
      putUnlessZero(members, "v", result.restated());
      putUnlessZero(members, "s", result.skipped());
      putUnlessZero(members, "p", result.partial());
      result.failure().ifPresent(kind -> members.put("f", kind.name()));
      if (messageLength > 0) {
        result
            .message()
            .ifPresent(text -> {
              String first = told.putIfAbsent(text, id);
              members.put(
                  first == null ? "m" : "like",
                  first == null ? shortened(text, messageLength) : first);
            });
      }
      result.lastSuccess().ifPresent(success -> members.put("t", success.getEpochSecond()));
      results.put(id, members);
    });
    var document = new HashMap<String, Object>();
    document.put("at", at.toEpochMilli());
    document.put("ms", took.toMillis());
    document.put("by", trigger);
    document.put("sim", simulated);
    document.put("e", results);
    document.put("day", today.day().toString());
    document.put("pools", new TreeMap<String, Object>(today.poolTokens()));
    document.put("req", today.requests());
    document.put("usd", today.estimated().toPlainString());
    return Document.encode(document);
  }

  private static String shortened(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length - 1) + "…";
  }

  public static CycleRecord decode(byte[] bytes) {
    Fields document = Fields.decode(bytes);
    var endpoints = new TreeMap<String, EndpointResult>();
    Fields results = document.fields("e");
    for (String id : results.names()) {
      Fields members = results.fields(id);
      endpoints.put(
          id,
          new EndpointResult(
              (int) members.number("r"),
              (int) members.number("c"),
              (int) members.number("v"),
              (int) members.number("s"),
              (int) members.number("p"),
              members.text("f").flatMap(CycleRecord::kind),
              members
                  .text("like")
                  .flatMap(first -> results.fields(first).text("m"))
                  .or(() -> members.text("m")),
              members.instant("t")));
    }
    var pools = new TreeMap<String, Long>();
    Fields tokens = document.fields("pools");
    tokens.names().forEach(name -> pools.put(name, tokens.number(name)));
    return new CycleRecord(
        Instant.ofEpochMilli(document.number("at")),
        Duration.ofMillis(document.number("ms")),
        document.text("by").orElse(""),
        document.flag("sim"),
        endpoints,
        new DayTotals(
            LocalDate.parse(document.text("day").orElse("1970-01-01")),
            pools,
            document.number("req"),
            new BigDecimal(document.text("usd").orElse("0"))));
  }

  private static Optional<ReadOutcome.Kind> kind(String name) {
    for (ReadOutcome.Kind kind : ReadOutcome.Kind.values()) {
      if (kind.name().equals(name)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  private static void putUnlessZero(Map<String, Object> members, String name, long value) {
    if (value != 0) {
      members.put(name, value);
    }
  }
}
