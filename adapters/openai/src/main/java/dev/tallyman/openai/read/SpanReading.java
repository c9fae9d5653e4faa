package dev.tallyman.openai.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tallyman.core.poll.records.Defect;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.usage.Width;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of a span of time. Each is handed over once it has arrived whole and the groupings
 * are known to have come back, in order and once: a further attempt asks only for what comes after.
 * What of an answer is not what the contract says is left out and named; the rest is kept.
 *
 * @param <R> a row
 * @param <B> a bucket of rows
 */
public final class SpanReading<R, B> implements AnswerReader {
  /** How many different faults of one bucket are named. */
  private static final int MOST_FAULTS = 3;

  private final Address address;
  private final Width width;
  private final Instant from;
  private final Instant to;
  private final Rows<R, B> rows;
  private final Groupings groupings;
  private final BiConsumer<Origin, B> sink;
  private final Instant now;

  /** Those that arrived before any row could confirm the groupings: as a rule at most one. */
  private final List<Whole<B>> held = new ArrayList<>();

  /** What was left out of buckets that were handed over, or in their place, by their start. */
  private final TreeMap<Instant, Defect> defects = new TreeMap<>();

  /** What the buckets that were handed over hold, by their start. */
  private final TreeMap<Instant, Integer> contents = new TreeMap<>();

  /** Whether the provider has refused an end that lies in the future. */
  private boolean openEnded;

  /** The first start that has not been handed over. */
  private Instant next;

  /** The first start that may still arrive in the present answer. */
  private Instant expected;

  private Origin answering = Origin.UNKNOWN;
  private boolean exhausted;

  /** Where the buckets between two instants are. */
  @FunctionalInterface
  public interface Address {
    /**
     * The address of a question.
     *
     * @param open whether the end is left out, so that the provider takes its own time for it
     */
    URI of(Instant from, Instant to, boolean open);
  }

  /**
   * Nothing read yet.
   *
   * @param now the time of asking: what begins later cannot be there yet
   */
  public SpanReading(
      Address address,
      Width width,
      Instant from,
      Instant to,
      Rows<R, B> rows,
      Groupings groupings,
      BiConsumer<Origin, B> sink,
      Instant now) {
    this.address = address;
    this.width = width;
    this.from = from;
    this.to = to;
    this.rows = rows;
    this.groupings = groupings;
    this.sink = sink;
    this.now = now;
    this.next = from;
    this.expected = from;
  }

  @Override
  public URI uri() {
    return address.of(next, to, openEnded);
  }

  @Override
  public boolean refused(int status) {
    if (openEnded || !to.isAfter(now) || (status != 400 && status != 422)) {
      return false;
    }
    openEnded = true;
    return true;
  }

  @Override
  public List<Defect> defects() {
    return List.copyOf(defects.values());
  }

  @Override
  public boolean divisible() {
    return next.plus(width.duration()).isBefore(to);
  }

  @Override
  public boolean done() {
    return exhausted || !next.isBefore(to);
  }

  @Override
  public void read(InputStream body, Origin origin) throws IOException {
    Instant began = next;
    answering = origin;
    expected = next;
    held.clear();
    // All of this is asked for again.
    defects.tailMap(next).clear();
    contents.tailMap(next).clear();
    boolean more;
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      more = page(parser);
      if (parser.nextToken() != null) {
        throw Json.malformed(parser, "the answer", "goes on after its end");
      }
    }
    groupings.check();
    handOver();
    if (contents.isEmpty() && !defects.isEmpty()) {
      throw new MalformedAnswer(defects.firstEntry().getValue().reason() + ".");
    }
    // An answer may end early and say so: ask on by time. One that claims more but brought nothing
    // is the provider's known mistake over empty spans.
    exhausted = !more || next.equals(began) || !next.isBefore(now);
  }

  private boolean page(JsonParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw new EOFException("the answer is empty");
    }
    if (first != JsonToken.START_OBJECT) {
      throw Json.malformed(parser, "the answer", "is no JSON object");
    }
    boolean data = false;
    boolean more = false;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "data" -> {
          if (token != JsonToken.START_ARRAY) {
            throw Json.malformed(parser, name, "is no array");
          }
          data = true;
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
              bucket(parser);
            } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
              parser.skipChildren();
              leaveOut("a bucket is no object");
            }
          }
        }
        case "has_more" -> more = Json.isTrue(parser);
        default -> parser.skipChildren();
      }
    }
    if (!data) {
      throw Json.malformed(parser, "data", "is missing");
    }
    return more;
  }

  private void bucket(JsonParser parser) throws IOException {
    @Nullable Long start = null;
    @Nullable Long end = null;
    @Nullable List<R> found = null;
    @Nullable String wrong = null;
    var faults = new LinkedHashMap<String, Integer>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      try {
        switch (name) {
          case "start_time" -> start = Json.seconds(parser, name);
          case "end_time" ->
              end = token == JsonToken.VALUE_NULL ? null : (Long) Json.seconds(parser, name);
          case "results", "result" -> {
            if (token == JsonToken.VALUE_NULL || found != null) {
              parser.skipChildren();
            } else {
              found = rows(parser, token, name, faults);
            }
          }
          default -> parser.skipChildren();
        }
      } catch (MalformedAnswer e) {
        parser.skipChildren();
        wrong = wrong == null ? e.what() : wrong;
      }
    }
    if (start == null) {
      leaveOut(wrong == null ? "start_time of a bucket is missing" : wrong);
      return;
    }
    wrong = wrong == null ? misplaced(start, end) : wrong;
    Instant begin = start(start);
    if (wrong != null) {
      leaveOut(begin, wrong);
    } else if (found != null) {
      // Null rows do not say what it holds, which is not the same as holding nothing.
      arrived(begin, found, faults);
    }
  }

  private void arrived(Instant begin, List<R> found, Map<String, Integer> faults)
      throws IOException {
    B bucket =
        rows.bucket(begin, found, faults.isEmpty(), fault -> faults.merge(fault, 1, Integer::sum));
    if (begin.isBefore(expected)) {
      Integer before = contents.get(begin);
      if (before == null || before != bucket.hashCode()) {
        leaveOut(
            begin,
            before == null
                ? "its bucket came out of order"
                : "its bucket came twice and said different things, of which the first was kept");
      }
      return;
    }
    contents.put(begin, bucket.hashCode());
    expected = begin.plus(width.duration());
    Optional<Defect> defect = defect(begin, faults);
    if (found.isEmpty() && defect.isPresent()) {
      // Nothing of it is sound, which is not the same as empty.
      note(defect.get());
      return;
    }
    held.add(new Whole<>(begin, bucket, defect));
    if (groupings.confirmed() || (found.isEmpty() && held.size() == 1)) {
      handOver();
    }
  }

  private List<R> rows(JsonParser parser, JsonToken token, String name, Map<String, Integer> faults)
      throws IOException {
    var found = new ArrayList<R>();
    if (token == JsonToken.START_OBJECT) {
      add(found, parser, faults);
      return found;
    }
    if (token != JsonToken.START_ARRAY) {
      throw Json.malformed(parser, name, "is no array");
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        add(found, parser, faults);
      } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
        parser.skipChildren();
        faults.merge("it is no object", 1, Integer::sum);
      }
    }
    return found;
  }

  private void add(List<R> found, JsonParser parser, Map<String, Integer> faults)
      throws IOException {
    @Nullable R row = rows.row(parser, groupings, fault -> faults.merge(fault, 1, Integer::sum));
    if (row != null) {
      found.add(row);
    }
  }

  /**
   * What is wrong with the place of a bucket; its last one may end early, at the time of asking.
   */
  private @Nullable String misplaced(long start, @Nullable Long end) {
    long lasts = width.duration().toSeconds();
    if (start < from.getEpochSecond() || start >= to.getEpochSecond()) {
      return "a bucket was not asked for";
    }
    if (Math.floorMod(start, lasts) != 0) {
      return "a bucket does not begin on its " + width.parameter();
    }
    if (end != null && (end < start || end - start > lasts)) {
      return "a bucket is wider than the " + width.parameter() + " asked for";
    }
    return null;
  }

  /** The start of the bucket asked for that is nearest to these seconds. */
  private Instant start(long seconds) {
    return width.floor(
        Instant.ofEpochSecond(Math.clamp(seconds, from.getEpochSecond(), to.getEpochSecond() - 1)));
  }

  private void leaveOut(String reason) {
    Instant last = to.minus(width.duration());
    note(new Defect(next.isBefore(last) ? next : last, to, reason));
  }

  private void leaveOut(Instant start, String reason) {
    note(new Defect(start, start.plus(width.duration()), reason));
  }

  /** What rows of a bucket were left out, if any were. */
  private Optional<Defect> defect(Instant start, Map<String, Integer> faults) {
    if (faults.isEmpty()) {
      return Optional.empty();
    }
    int count = faults.values().stream().mapToInt(Integer::intValue).sum();
    String reason =
        (count == 1 ? "a row was left out: " : count + " rows were left out: ")
            + faults.keySet().stream().limit(MOST_FAULTS).collect(Collectors.joining("; "))
            + (faults.size() > MOST_FAULTS ? "; …" : "");
    return Optional.of(new Defect(start, start.plus(width.duration()), reason));
  }

  private void note(Defect defect) {
    defects.putIfAbsent(defect.from(), defect);
  }

  private void handOver() {
    for (Whole<B> whole : held) {
      // First past it, then out with it: what the sink refuses is not offered again.
      next = whole.start().plus(width.duration());
      whole.defect().ifPresent(this::note);
      sink.accept(answering, whole.bucket());
    }
    held.clear();
  }

  /** A bucket that has arrived whole. */
  private record Whole<B>(Instant start, B bucket, Optional<Defect> defect) {}
}
