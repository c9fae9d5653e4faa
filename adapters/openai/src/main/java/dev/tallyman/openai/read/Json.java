package dev.tallyman.openai.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.core.usage.Decimals;
import java.io.IOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Reading JSON values as the provider means them: numbers may be text, anything may be null. */
public final class Json {
  /** Shared, so that all reads share the names of fields. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          // Some serializers write NaN as a number: then one value is wrong, not the whole answer.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(64)
                  .maxStringLength(1_000_000)
                  .maxNameLength(10_000)
                  .build())
          .build();

  /** For answers that are small and read whole. */
  public static final JSON TREE = JSON.builder(FACTORY).build();

  private Json() {}

  /**
   * The number at the parser, exactly; null if it says null.
   *
   * @param field its name, for the message
   * @throws MalformedAnswer if it is no number, or has more digits than {@link Decimals} allows
   */
  static @Nullable BigDecimal decimal(JsonParser parser, String field) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_STRING -> {
        try {
          yield Decimals.parse(parser.getText());
        } catch (NumberFormatException _) {
          throw malformed(parser, field, "is no number of at most 60 digits");
        }
      }
      default -> throw malformed(parser, field, "is no number");
    };
  }

  /**
   * The seconds since 1970 at the parser.
   *
   * @throws MalformedAnswer if there is no whole number
   */
  static long seconds(JsonParser parser, String field) throws IOException {
    @Nullable BigDecimal number = decimal(parser, field);
    if (number == null) {
      throw malformed(parser, field, "is null");
    }
    try {
      return number.longValueExact();
    } catch (ArithmeticException _) {
      throw malformed(parser, field, "is no whole number of seconds");
    }
  }

  /** Whether the parser is at something that says true. */
  static boolean isTrue(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_TRUE
        || (parser.currentToken() == JsonToken.VALUE_STRING
            && parser.getText().equalsIgnoreCase("true"));
  }

  /** What is wrong with a field, and where; never what it says. */
  static MalformedAnswer malformed(JsonParser parser, String field, String what) {
    var where = parser.currentTokenLocation();
    return new MalformedAnswer(
        field + " " + what,
        " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ").");
  }
}
