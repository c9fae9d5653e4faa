package dev.tallyman.openai.read;

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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rows of usage: dimensions and counters by the provider's names, unknown numbers kept by name. */
public final class UsageRows implements Rows<UsageRow, Bucket> {
  private static final BigDecimal TOO_MANY = BigDecimal.valueOf(Quantity.MOST + 1);

  /** How many fields that this version does not know a row may have. */
  private static final int MOST_UNKNOWN = 64;

  private final UsageEndpoint endpoint;
  private final Width width;
  private final Texts texts = new Texts();
  private final Map<String, Field> fields = new HashMap<>();

  /**
   * Rows of one read.
   *
   * @param groupings that were asked for
   */
  public UsageRows(UsageEndpoint endpoint, Width width, List<Dimension> groupings) {
    this.endpoint = endpoint;
    this.width = width;
    for (Dimension dimension : Dimension.values()) {
      fields.put(dimension.field(), new Field.Text(dimension, groupings.contains(dimension)));
    }
    for (Quantity quantity : Quantity.values()) {
      fields.put(quantity.field(), new Field.Counter(quantity));
    }
  }

  @Override
  public @Nullable UsageRow row(JsonParser parser, Groupings groupings, Consumer<String> refused)
      throws IOException {
    UsageRow.Builder row = UsageRow.builder();
    boolean grouped = false;
    int unknown = 0;
    @Nullable String wrong = null;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      try {
        switch (fields.get(name)) {
          case Field.Text(var dimension, var asked) -> {
            @Nullable String value =
                dimension == Dimension.BATCH ? texts.flagAt(parser, name) : texts.at(parser, name);
            row.set(dimension, value);
            grouped |= asked && value != null;
          }
          case Field.Counter(var quantity) -> count(parser, token, quantity, row);
          case null -> {
            if (++unknown > MOST_UNKNOWN) {
              parser.skipChildren();
            } else {
              unknown(parser, token, name, row);
            }
          }
        }
      } catch (MalformedAnswer e) {
        parser.skipChildren();
        wrong = wrong == null ? e.what() : wrong;
      }
    }
    groupings.sawRow(grouped);
    if (wrong == null && unknown > MOST_UNKNOWN) {
      wrong = "it has more than " + MOST_UNKNOWN + " fields that are not known";
    }
    if (wrong != null) {
      refused.accept(wrong);
      return null;
    }
    return row.build();
  }

  @Override
  public Bucket bucket(
      Instant start, List<UsageRow> rows, boolean whole, Consumer<String> refused) {
    List<UsageRow> fitting = fitting(rows, refused);
    return new Bucket(
        endpoint, start, width, Bucket.merged(fitting), whole && fitting.size() == rows.size());
  }

  /** The rows without those that would make a sum of the bucket larger than a count may be. */
  private static List<UsageRow> fitting(List<UsageRow> rows, Consumer<String> refused) {
    var sums = new EnumMap<Quantity, Long>(Quantity.class);
    var fitting = new ArrayList<UsageRow>(rows.size());
    for (UsageRow row : rows) {
      @Nullable Quantity beyond = null;
      for (Quantity quantity : Quantity.values()) {
        if (row.orZero(quantity) > Quantity.MOST - sums.getOrDefault(quantity, 0L)) {
          beyond = quantity;
          break;
        }
      }
      if (beyond != null) {
        refused.accept(beyond.field() + " adds up to more than " + Quantity.MOST);
        continue;
      }
      row.quantities().forEach((quantity, count) -> sums.merge(quantity, count, Long::sum));
      fitting.add(row);
    }
    return fitting;
  }

  private static void count(
      JsonParser parser, JsonToken token, Quantity quantity, UsageRow.Builder row)
      throws IOException {
    long value;
    if (token == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      value = parser.getLongValue();
    } else {
      @Nullable BigDecimal number = Json.decimal(parser, quantity.field());
      if (number == null) {
        return;
      }
      if (number.signum() != 0 && number.scale() > 0) {
        throw Json.malformed(parser, quantity.field(), "is no whole number");
      }
      value = number.min(TOO_MANY).max(BigDecimal.ONE.negate()).longValueExact();
    }
    if (value < 0) {
      throw Json.malformed(parser, quantity.field(), "is below zero");
    }
    if (value > Quantity.MOST) {
      throw Json.malformed(parser, quantity.field(), "is more than " + Quantity.MOST);
    }
    row.set(quantity, value);
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
     * @param asked whether rows were to be grouped by it
     */
    record Text(Dimension dimension, boolean asked) implements Field {}

    /** A counter. */
    record Counter(Quantity quantity) implements Field {}
  }
}
