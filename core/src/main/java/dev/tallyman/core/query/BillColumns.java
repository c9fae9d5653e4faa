package dev.tallyman.core.query;

import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.ledger.Amounts;
import dev.tallyman.core.ledger.Bill;
import dev.tallyman.core.ledger.Codes;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.price.LineItem;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bill of one day as rows; only amounts of one currency are added. */
final class BillColumns implements Rows {
  /** What is processed, and charged, as usual. */
  static final String BASE_TIER = "default";

  private final Bill bill;
  private final String currency;
  private final Items items;

  BillColumns(Bill bill, String currency, Items items) {
    this.bill = bill;
    this.currency = currency;
    this.items = items;
  }

  @Override
  public int size() {
    return bill.size();
  }

  @Override
  public Codes codes(GroupBy by) {
    return switch (by) {
      case GroupBy.BuiltIn.PROJECT -> bill.projects();
      case GroupBy.BuiltIn.KEY -> bill.apiKeys();
      case GroupBy.BuiltIn.LINE_ITEM -> bill.lineItems();
      case GroupBy.BuiltIn.MODEL -> bill.lineItems().map(item -> items.of(item).model());
      case GroupBy.BuiltIn.GROUP -> bill.lineItems().map(item -> items.of(item).group());
      case GroupBy.BuiltIn.TIER -> bill.lineItems().map(item -> items.of(item).tier());
      case GroupBy.BuiltIn.ENDPOINT, GroupBy.BuiltIn.USER, GroupBy.BuiltIn.BATCH ->
          Codes.constant(null, bill.size());
      case GroupBy.Named _ -> Codes.constant(null, bill.size());
    };
  }

  @Override
  public void addTo(Sums sums, int[] series, int bucket) {
    Codes currencies = bill.currencies();
    var wanted = new boolean[currencies.count()];
    for (int code = 0; code < wanted.length; code++) {
      wanted[code] = currency.equals(currencies.text(code));
    }
    int[] of = currencies.rows();
    Amounts amounts = bill.amounts(Sums.MONEY_SCALE);
    for (int i = 0; i < series.length; i++) {
      if (series[i] >= 0 && wanted[of[i]]) {
        sums.add(series[i], bucket, amounts, i);
      }
    }
  }

  /** Whether any row is in another currency. */
  boolean hasOther() {
    Codes currencies = bill.currencies();
    for (int code = 0; code < currencies.count(); code++) {
      String text = currencies.text(code);
      if (text != null && !text.equals(currency)) {
        return true;
      }
    }
    return false;
  }

  /** Takes what one row has in another currency. */
  @FunctionalInterface
  interface Other {
    /** Takes an amount that is not 0. */
    void take(int row, String currency, BigDecimal amount);
  }

  /** Gives each amount that is in another currency and not 0. */
  void forEachOther(Other other) {
    Codes currencies = bill.currencies();
    @Nullable BigDecimal[] amounts = bill.amounts();
    int[] of = currencies.rows();
    for (int i = 0; i < of.length; i++) {
      String text = currencies.text(of[i]);
      BigDecimal amount = amounts[i];
      if (text != null && amount != null && amount.signum() != 0 && !text.equals(currency)) {
        other.take(i, text, amount);
      }
    }
  }

  /**
   * What line items say, each read once: the same few return every day.
   *
   * <p>A bill does not say whether a model was charged for completions, so only a model that is in
   * a group for certain is told to be.
   */
  static final class Items {
    private static final Said NOTHING = new Said(null, null, null);

    private final ModelGroups groups;
    private final Map<String, Said> known = new HashMap<>();

    Items(ModelGroups groups) {
      this.groups = groups;
    }

    /** What a line item says; each is null where it says nothing of it. */
    record Said(@Nullable String model, @Nullable String group, @Nullable String tier) {}

    Said of(@Nullable String item) {
      return item == null ? NOTHING : known.computeIfAbsent(item, this::read);
    }

    private Said read(String item) {
      LineItem read = LineItem.parse(item);
      return new Said(
          read.model().orElse(null),
          read.model().filter(groups::known).flatMap(groups::groupOf).orElse(null),
          read.tier().or(() -> read.model().map(_ -> BASE_TIER)).orElse(null));
    }
  }
}
