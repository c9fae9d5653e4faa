package dev.tallyman.channels;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON. */
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** Writes one document. */
  @FunctionalInterface
  interface Writer {
    void write(JsonGenerator json) throws IOException;
  }

  /** Writes one document, with texts and lists as long as a budget allows. */
  @FunctionalInterface
  interface Bounded {
    void write(JsonGenerator json, int budget) throws IOException;
  }

  /** What is written, as UTF-8. */
  static byte[] bytes(Writer writer) {
    var out = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      writer.write(json);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  /** The same, within so many bytes: texts are cut shorter and shorter until it fits. */
  static byte[] bytes(int max, Bounded writer) {
    for (int budget = 1000; budget > 10; budget = budget * 2 / 3) {
      int allowed = budget;
      byte[] bytes = bytes(json -> writer.write(json, allowed));
      if (bytes.length <= max) {
        return bytes;
      }
    }
    throw new IllegalStateException("a message cannot be written in " + max + " bytes");
  }

  /** A value of {@link dev.tallyman.core.delivery.Notification#data}, each text cut to a budget. */
  static void value(JsonGenerator json, @Nullable Object value, int budget) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case Boolean truth -> json.writeBoolean(truth);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case BigDecimal number -> json.writeNumber(number.toPlainString());
      case Map<?, ?> map -> {
        json.writeStartObject();
        var names = new HashSet<String>();
        int number = 0;
        for (Map.Entry<?, ?> entry : map.entrySet().stream().limit(budget).toList()) {
          String name = Texts.cut(String.valueOf(entry.getKey()), budget);
          number++;
          // Names that differ only in what was cut off are told apart.
          json.writeFieldName(names.add(name) ? name : name + " #" + number);
          value(json, entry.getValue(), budget);
        }
        json.writeEndObject();
      }
      case Collection<?> list -> {
        json.writeStartArray();
        for (Object each : list.stream().limit(budget).toList()) {
          value(json, each, budget);
        }
        json.writeEndArray();
      }
      default -> json.writeString(Texts.cut(value.toString(), budget));
    }
  }
}
