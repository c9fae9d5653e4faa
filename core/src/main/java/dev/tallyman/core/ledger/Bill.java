package dev.tallyman.core.ledger;

import java.math.BigDecimal;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What was charged on a UTC day in one view, by columns: only what is asked for is decoded. Columns
 * are in step: position i of each describes the same row. A column that the view does not tell is
 * null throughout.
 */
public final class Bill {
  private final LocalDate day;
  private final Table table;

  Bill(LocalDate day, Table table) {
    this.day = day;
    this.table = table;
  }

  /** The day in UTC. */
  public LocalDate day() {
    return day;
  }

  /** How many rows there are. */
  public int size() {
    return table.size();
  }

  /** The project's id of each row. */
  public Codes projects() {
    return table.codes(Tables.PROJECT);
  }

  /** The API key's id of each row. */
  public Codes apiKeys() {
    return table.codes(Tables.API_KEY);
  }

  /** The provider's text of each row. */
  public Codes lineItems() {
    return table.codes(Tables.LINE_ITEM);
  }

  /** The currency of each row. */
  public Codes currencies() {
    return table.codes(Tables.CURRENCY);
  }

  /** The amount of each row in its currency, never null. */
  public @Nullable BigDecimal[] amounts() {
    return table.decimals(Tables.AMOUNT);
  }

  /** The amount of each row in its currency, in units of {@code 10^-scale}. */
  public Amounts amounts(int scale) {
    return table.amounts(Tables.AMOUNT, scale);
  }
}
