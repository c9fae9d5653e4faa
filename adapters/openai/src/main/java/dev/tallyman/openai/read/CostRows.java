package dev.tallyman.openai.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rows of costs: amounts are decimal text on the live API and numbers in its specification. */
public final class CostRows implements Rows<CostRow, CostDay> {
  /** The widest grouping of costs: the first fields of a {@link CostRow}, in their order. */
  public static final List<String> GROUPINGS = List.of("project_id", "line_item", "api_key_id");

  private static final String CURRENCY = "usd";

  /** Far beyond any charge: what is larger is a mistake, and its sums would be without bound. */
  private static final BigDecimal MOST = BigDecimal.TEN.pow(15);

  private final Texts texts = new Texts();

  @Override
  public @Nullable CostRow row(JsonParser parser, Groupings groupings, Consumer<String> refused)
      throws IOException {
    var fields = new Fields();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      parser.nextToken();
      fields.take(name, parser);
    }
    groupings.sawRow(Arrays.stream(fields.grouped).anyMatch(Objects::nonNull));
    if (fields.wrong != null) {
      refused.accept(fields.wrong);
      return null;
    }
    return fields.row();
  }

  @Override
  public CostDay bucket(
      Instant start, List<CostRow> rows, boolean whole, Consumer<String> refused) {
    return CostDay.of(LocalDate.ofInstant(start, ZoneOffset.UTC), rows, whole);
  }

  /** What was found in one row. */
  private final class Fields {
    private final @Nullable String[] grouped = new @Nullable String[GROUPINGS.size()];
    private @Nullable BigDecimal amount;
    private String currency = CURRENCY;
    private @Nullable BigDecimal quantity;
    private @Nullable String unit;

    /** What is wrong with it first. */
    private @Nullable String wrong;

    /** Takes the field that the parser is at; what is wrong with it does not end the reading. */
    void take(String name, JsonParser parser) throws IOException {
      try {
        switch (name) {
          case "amount" -> {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
              for (String part = parser.nextFieldName();
                  part != null;
                  part = parser.nextFieldName()) {
                parser.nextToken();
                take("amount." + part, parser);
              }
            } else {
              amount = amount(parser, name);
            }
          }
          case "amount.value" -> amount = amount(parser, name);
          case "amount.currency" -> currency = currency(parser, name);
          case "quantity" -> quantity = Json.decimal(parser, name);
          case "quantity_unit" -> unit = texts.at(parser, name);
          default -> {
            int index = GROUPINGS.indexOf(name);
            if (index >= 0) {
              grouped[index] = texts.at(parser, name);
            } else {
              parser.skipChildren();
            }
          }
        }
      } catch (MalformedAnswer e) {
        parser.skipChildren();
        wrong = wrong == null ? e.what() : wrong;
      }
    }

    private @Nullable BigDecimal amount(JsonParser parser, String name) throws IOException {
      @Nullable BigDecimal given = Json.decimal(parser, name);
      if (given != null && given.abs().compareTo(MOST) > 0) {
        throw Json.malformed(parser, name, "is more than " + MOST.toPlainString());
      }
      return given;
    }

    private String currency(JsonParser parser, String name) throws IOException {
      @Nullable String given = texts.at(parser, name);
      if (given == null) {
        return CURRENCY;
      }
      if (!given.matches("[A-Za-z]{3}")) {
        throw Json.malformed(parser, name, "is no currency of three letters");
      }
      return given;
    }

    /** Null without an amount: zero would be a price that nobody gave. */
    @Nullable CostRow row() {
      return amount == null
          ? null
          : new CostRow(grouped[0], grouped[1], grouped[2], amount, currency, quantity, unit);
    }
  }
}
