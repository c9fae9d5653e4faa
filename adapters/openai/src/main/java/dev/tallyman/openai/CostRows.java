package dev.tallyman.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of costs: amounts are decimal text on the live API and numbers in its specification. */
final class CostRows implements Rows<CostRow, CostDay> {
  /** The widest grouping of costs, in the order of the bits that {@link Groupings} wants. */
  static final List<String> GROUPINGS = List.of("project_id", "line_item", "api_key_id");

  private static final String CURRENCY = "usd";

  private final Texts texts = new Texts();

  @Override
  public @Nullable CostRow row(JsonParser parser, Groupings groupings) throws IOException {
    long present = 0;
    @Nullable String[] grouped = new @Nullable String[GROUPINGS.size()];
    @Nullable BigDecimal amount = null;
    String currency = CURRENCY;
    @Nullable BigDecimal quantity = null;
    @Nullable String unit = null;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "amount" -> {
          if (token == JsonToken.START_OBJECT) {
            for (String part = parser.nextFieldName();
                part != null;
                part = parser.nextFieldName()) {
              parser.nextToken();
              switch (part) {
                case "value" -> amount = Json.decimal(parser, "amount.value");
                case "currency" -> {
                  @Nullable String given = texts.at(parser, "amount.currency");
                  currency = given == null ? CURRENCY : given;
                }
                default -> parser.skipChildren();
              }
            }
          } else {
            amount = Json.decimal(parser, name);
          }
        }
        case "quantity" -> quantity = Json.decimal(parser, name);
        case "quantity_unit" -> unit = texts.at(parser, name);
        default -> {
          int bit = GROUPINGS.indexOf(name);
          if (bit >= 0) {
            grouped[bit] = texts.at(parser, name);
            present |= 1L << bit;
          } else {
            parser.skipChildren();
          }
        }
      }
    }
    long valued = 0;
    for (int i = 0; i < grouped.length; i++) {
      valued |= grouped[i] == null ? 0 : 1L << i;
    }
    groupings.sawRow(present, valued);
    if (amount == null) {
      // A row that names no amount charges nothing; zero would be a price that nobody gave.
      return null;
    }
    try {
      return new CostRow(grouped[0], grouped[1], grouped[2], amount, currency, quantity, unit);
    } catch (IllegalArgumentException _) {
      throw Json.malformed(parser, "a row of costs", "has no currency of three letters");
    }
  }

  @Override
  public CostDay bucket(Instant start, List<CostRow> rows) {
    return CostDay.of(LocalDate.ofInstant(start, ZoneOffset.UTC), rows);
  }
}
