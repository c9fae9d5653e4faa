package dev.tallyman.lambda;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A function's log: one JSON object a line, which Lambda's JSON log format keeps as it is, and by
 * whose {@code timestamp} and {@code level} it filters. Safe for use by many threads. What is
 * handed over is written: it must hold no secret.
 */
public final class Log {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final PrintStream out;
  private final InstantSource clock;

  /** A log that is written there. */
  public Log(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
  }

  /** The log that Lambda reads. */
  public static Log standardOutput(InstantSource clock) {
    return new Log(System.out, clock);
  }

  /**
   * Writes that something happened.
   *
   * @param event what, as one word for a machine
   * @param members each null, a text, a boolean, a number, a map, a collection, or anything that
   *     shows itself as a text, such as an instant
   */
  public void event(Level level, String event, Map<String, ?> members) {
    var line = new ByteArrayOutputStream(512);
    try (JsonGenerator json = FACTORY.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("timestamp", clock.instant().toString());
      json.writeStringField("level", level.name());
      json.writeStringField("event", event);
      write(json, members);
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    line.write('\n');
    // In one piece, so that neither another thread nor Lambda's reader comes between.
    out.writeBytes(line.toByteArray());
    out.flush();
  }

  private static void write(JsonGenerator json, Map<?, ?> members) throws IOException {
    for (var member : members.entrySet()) {
      json.writeFieldName(String.valueOf(member.getKey()));
      write(json, member.getValue());
    }
  }

  private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case Boolean truth -> json.writeBoolean(truth);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case BigDecimal number -> json.writeNumber(number.toPlainString());
      case Map<?, ?> map -> {
        json.writeStartObject();
        write(json, map);
        json.writeEndObject();
      }
      case Iterable<?> items -> {
        json.writeStartArray();
        for (Object item : items) {
          write(json, item);
        }
        json.writeEndArray();
      }
      default -> json.writeString(value.toString());
    }
  }

  /** How much it matters, in Lambda's words. */
  public enum Level {
    INFO,
    WARN,
    ERROR
  }
}
