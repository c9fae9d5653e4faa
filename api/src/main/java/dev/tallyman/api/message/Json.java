package dev.tallyman.api.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.core.store.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Documents to bytes and back. */
public final class Json {
  /** The most bytes of an answer before it is compressed. */
  static final int MAX_ANSWER = 4 * 1024 * 1024;

  private static final int MAX_DEPTH = 32;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(200)
                  .build())
          .build();
  private static final JSON READER =
      JSON.builder(FACTORY).enable(JSON.Feature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private Json() {}

  /**
   * The document as UTF-8.
   *
   * @throws Problem if it exceeds {@link #MAX_ANSWER}
   */
  public static Bytes write(Object document) {
    var out = new Bounded();
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      value(generator, document);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return out.bytes();
  }

  /** The document, an object, on one line. */
  public static String line(Object document) {
    return new String(write(document).toArray(), java.nio.charset.StandardCharsets.UTF_8);
  }

  /**
   * The members of the object that these bytes hold; an empty body is an object without members.
   *
   * @throws Problem if they hold no object
   */
  public static Map<String, Object> object(Bytes body) {
    if (body.length() == 0) {
      return Map.of();
    }
    try (JsonParser parser = FACTORY.createParser(body.toArray())) {
      Object value = READER.anyFrom(parser);
      if (parser.nextToken() == null && value instanceof Map<?, ?> members) {
        var object = new LinkedHashMap<String, Object>();
        members.forEach((name, member) -> object.put((String) name, member));
        return object;
      }
      throw Problem.body(
          "", "The body is JSON, but not one object: it has to begin with { and end with its }.");
    } catch (JsonProcessingException malformed) {
      // The parser's own words quote the body, which may hold a token.
      var where = malformed.getLocation();
      throw Problem.body(
          "",
          "The body is not JSON"
              + (where == null
                  ? "."
                  : " from line "
                      + where.getLineNr()
                      + ", column "
                      + where.getColumnNr()
                      + " on."));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void value(JsonGenerator out, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case String text -> out.writeString(text);
      case Boolean truth -> out.writeBoolean(truth);
      case Integer number -> out.writeNumber(number);
      case Long number -> out.writeNumber(number);
      case BigInteger number -> out.writeNumber(number);
      case BigDecimal number -> out.writeNumber(number.toPlainString());
      case Optional<?> optional -> value(out, optional.orElse(null));
      case JsonObject document -> {
        out.writeStartObject();
        for (var member : document.members().entrySet()) {
          out.writeFieldName(member.getKey());
          value(out, member.getValue());
        }
        out.writeEndObject();
      }
      case Map<?, ?> map -> {
        out.writeStartObject();
        for (var member : map.entrySet()) {
          out.writeFieldName(String.valueOf(member.getKey()));
          value(out, member.getValue());
        }
        out.writeEndObject();
      }
      case Iterable<?> items -> {
        out.writeStartArray();
        for (Object item : items) {
          value(out, item);
        }
        out.writeEndArray();
      }
      default -> out.writeString(value.toString());
    }
  }

  /** Collects bytes up to {@link #MAX_ANSWER}. */
  static final class Bounded extends OutputStream {
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream(8 * 1024);

    @Override
    public void write(int one) {
      require(1);
      collected.write(one);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      require(length);
      collected.write(from, offset, length);
    }

    Bytes bytes() {
      return Bytes.copyOf(collected.toByteArray());
    }

    private void require(int more) {
      if (collected.size() + (long) more > MAX_ANSWER) {
        throw Problem.invalid(
            "answer_too_large",
            "",
            "The answer would exceed "
                + MAX_ANSWER
                + " bytes. Ask for less: page with limit and cursor where the endpoint offers"
                + " them, or narrow the range, the granularity or top.");
      }
    }
  }
}
