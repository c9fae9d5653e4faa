package dev.tallyman.core.usage;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one combination of project, line item and API key was charged on one UTC day. What was
 * credited on a line item is a combination of its own, so that it is never taken off what was
 * charged for its quantity.
 *
 * @param project the project's id; null for what is charged to the organization itself
 * @param lineItem the provider's text, unparsed; null where it gave none
 * @param apiKey the key's id; null where it gave none
 * @param amount exact, in {@code currency}; may be negative
 * @param currency lower-case ISO 4217 code
 * @param quantity how much was charged for, in {@code unit}; null where the provider gave none
 * @param unit the provider's unit, for instance {@code tokens}; null where it gave none
 */
public record CostRow(
    @Nullable String project,
    @Nullable String lineItem,
    @Nullable String apiKey,
    BigDecimal amount,
    String currency,
    @Nullable BigDecimal quantity,
    @Nullable String unit)
    implements Comparable<CostRow> {
  private static final Comparator<@Nullable String> TEXT =
      Comparator.nullsFirst(Comparator.<String>naturalOrder());
  private static final Comparator<CostRow> ORDER =
      Comparator.comparing(CostRow::project, TEXT)
          .thenComparing(CostRow::lineItem, TEXT)
          .thenComparing(CostRow::apiKey, TEXT)
          .thenComparing(CostRow::currency)
          .thenComparing(CostRow::unit, TEXT)
          .thenComparing(row -> row.lineItem() != null && row.amount().signum() < 0);

  public CostRow {
    amount = Decimals.normal(amount);
    quantity = quantity == null ? null : Decimals.normal(quantity);
    currency = currency.toLowerCase(Locale.ROOT);
    if (!currency.matches("[a-z]{3}")) {
      throw new IllegalArgumentException("not a currency: " + currency);
    }
  }

  /** Orders by what is charged or credited, never by how much. */
  @Override
  public int compareTo(CostRow other) {
    return ORDER.compare(this, other);
  }

  /** This row with the amount and quantity of another one added. */
  public CostRow plus(CostRow other) {
    BigDecimal sum =
        quantity == null
            ? other.quantity
            : other.quantity == null ? quantity : quantity.add(other.quantity);
    return new CostRow(project, lineItem, apiKey, amount.add(other.amount), currency, sum, unit);
  }
}
