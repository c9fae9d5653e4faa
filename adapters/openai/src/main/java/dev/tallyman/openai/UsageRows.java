package dev.tallyman.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tallyman.core.Bounded;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of usage: dimensions and counters by the provider's names, unknown numbers kept by name. */
final class UsageRows implements Rows<UsageRow, Bucket> {
  private final UsageEndpoint endpoint;
  private final Width width;
  private final Texts texts = new Texts();
  private final Map<String, Field> fields = new HashMap<>();

  /**
   * Rows of one read.
   *
   * @param groupings in the order of the bits that {@link Groupings} wants
   */
  UsageRows(UsageEndpoint endpoint, Width width, List<Dimension> groupings) {
    this.endpoint = endpoint;
    this.width = width;
    for (Dimension dimension : Dimension.values()) {
      int bit = groupings.indexOf(dimension);
      fields.put(dimension.field(), new Field.Text(dimension, bit < 0 ? 0 : 1L << bit));
    }
    for (Quantity quantity : Quantity.values()) {
      fields.put(quantity.field(), new Field.Counter(quantity));
    }
  }

  @Override
  public UsageRow row(JsonParser parser, Groupings groupings) throws IOException {
    UsageRow.Builder row = UsageRow.builder();
    long present = 0;
    long valued = 0;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      switch (fields.get(name)) {
        case Field.Text(var dimension, var bit) -> {
          @Nullable String value =
              dimension == Dimension.BATCH ? texts.flagAt(parser, name) : texts.at(parser, name);
          row.set(dimension, value);
          present |= bit;
          valued |= value == null ? 0 : bit;
        }
        case Field.Counter(var quantity) -> count(parser, token, quantity, row);
        case null -> unknown(parser, token, name, row);
      }
    }
    groupings.sawRow(present, valued);
    return row.build();
  }

  @Override
  public Bucket bucket(Instant start, List<UsageRow> rows) {
    return Bucket.of(endpoint, start, width, rows);
  }

  private static void count(
      JsonParser parser, JsonToken token, Quantity quantity, UsageRow.Builder row)
      throws IOException {
    if (token == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      long value = parser.getLongValue();
      if (value != Long.MIN_VALUE) {
        row.set(quantity, value);
        return;
      }
    }
    @Nullable BigDecimal number = Json.decimal(parser, quantity.field());
    if (number == null) {
      return;
    }
    try {
      row.set(quantity, number.longValueExact());
    } catch (ArithmeticException | IllegalArgumentException _) {
      // No whole number, or out of range: not a counter as we know it, but not lost either.
      row.other(quantity.field(), number);
    }
  }

  private static void unknown(JsonParser parser, JsonToken token, String name, UsageRow.Builder row)
      throws IOException {
    if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
      @Nullable BigDecimal number = Json.decimal(parser, "an unknown field");
      if (number != null) {
        row.other(Bounded.name(name), number);
      }
    } else {
      parser.skipChildren();
    }
  }

  /** What a name in a row stands for. */
  private sealed interface Field {
    /**
     * A dimension.
     *
     * @param bit for {@link Groupings}; 0 if it was not asked for
     */
    record Text(Dimension dimension, long bit) implements Field {}

    /** A counter. */
    record Counter(Quantity quantity) implements Field {}
  }
}
