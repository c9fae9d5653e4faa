package dev.tallyman.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tallyman.core.poll.ReadOutcome.Origin;
import dev.tallyman.core.usage.Width;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of a span of time. Each is handed over once it has arrived whole and the groupings
 * are known to have come back, in order and once: a further attempt asks only for what comes after.
 *
 * @param <R> a row
 * @param <B> a bucket of rows
 */
final class SpanReading<R, B> implements Reading {
  private final BiFunction<Instant, Instant, URI> address;
  private final Width width;
  private final Instant to;
  private final Rows<R, B> rows;
  private final Groupings groupings;
  private final BiConsumer<Origin, B> sink;
  private final Instant now;

  /** Those that arrived before any row could confirm the groupings: as a rule at most one. */
  private final List<Whole<B>> held = new ArrayList<>();

  /** The first start that has not been handed over. */
  private Instant next;

  /** The first start that may still arrive in the present answer. */
  private Instant expected;

  private Origin answering = Origin.UNKNOWN;
  private boolean exhausted;

  /**
   * Nothing read yet.
   *
   * @param address of the buckets between two instants
   * @param now the time of asking: what begins later cannot be there yet
   */
  SpanReading(
      BiFunction<Instant, Instant, URI> address,
      Width width,
      Instant from,
      Instant to,
      Rows<R, B> rows,
      Groupings groupings,
      BiConsumer<Origin, B> sink,
      Instant now) {
    this.address = address;
    this.width = width;
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
    return address.apply(next, to);
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
    boolean more;
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      more = page(parser);
      if (parser.nextToken() != null) {
        throw Json.malformed(parser, "the answer", "goes on after its end");
      }
    }
    groupings.check();
    handOver();
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
              throw Json.malformed(parser, "a bucket", "is no object");
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
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "start_time" -> start = Json.seconds(parser, name);
        case "end_time" ->
            end = token == JsonToken.VALUE_NULL ? null : (Long) Json.seconds(parser, name);
        case "results", "result" -> {
          if (token == JsonToken.VALUE_NULL || found != null) {
            parser.skipChildren();
          } else {
            found = rows(parser, token, name);
          }
        }
        default -> parser.skipChildren();
      }
    }
    if (start == null) {
      throw Json.malformed(parser, "start_time", "is missing");
    }
    Instant begin = start(parser, start, end);
    if (found == null) {
      // It does not say what it holds, which is not the same as holding nothing.
      return;
    }
    try {
      held.add(new Whole<>(begin, rows.bucket(begin, found)));
    } catch (ArithmeticException | IllegalArgumentException _) {
      throw Json.malformed(parser, "the bucket of " + begin, "holds equal rows that do not add up");
    }
    expected = begin.plus(width.duration());
    if (groupings.confirmed() || (found.isEmpty() && held.size() == 1)) {
      handOver();
    }
  }

  private List<R> rows(JsonParser parser, JsonToken token, String name) throws IOException {
    var found = new ArrayList<R>();
    if (token == JsonToken.START_OBJECT) {
      add(found, parser);
      return found;
    }
    if (token != JsonToken.START_ARRAY) {
      throw Json.malformed(parser, name, "is no array");
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        add(found, parser);
      } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
        throw Json.malformed(parser, "a row", "is no object");
      }
    }
    return found;
  }

  private void add(List<R> found, JsonParser parser) throws IOException {
    @Nullable R row = rows.row(parser, groupings);
    if (row != null) {
      found.add(row);
    }
  }

  /** The aligned start; the last bucket of an answer may end early, at the time of asking. */
  private Instant start(JsonParser parser, long start, @Nullable Long end) throws IOException {
    long lasts = width.duration().toSeconds();
    if (start < expected.getEpochSecond() || start >= to.getEpochSecond()) {
      throw Json.malformed(parser, "a bucket", "was not asked for at this place");
    }
    if (Math.floorMod(start, lasts) != 0) {
      throw Json.malformed(parser, "a bucket", "does not begin on its " + width.parameter());
    }
    if (end != null && (end < start || end - start > lasts)) {
      throw Json.malformed(parser, "a bucket", "is wider than the " + width.parameter() + " asked");
    }
    return Instant.ofEpochSecond(start);
  }

  private void handOver() {
    for (Whole<B> whole : held) {
      // First past it, then out with it: what the sink refuses is not offered again.
      next = whole.start().plus(width.duration());
      sink.accept(answering, whole.bucket());
    }
    held.clear();
  }

  /** A bucket that has arrived whole. */
  private record Whole<B>(Instant start, B bucket) {}
}
