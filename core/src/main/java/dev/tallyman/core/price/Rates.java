package dev.tallyman.core.price;

import dev.tallyman.core.Digest;
import dev.tallyman.core.ModelPatterns;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Decimals;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the provider really charged for one unit, as learnt from its bills: the billed amount
 * divided by its quantity, by model, tier and meter. Discounts are therefore in it. The latest
 * bills of each are kept, because one of them may have been odd: whether a rate is believed is
 * decided when it is used, see {@link Verdict}. Immutable; days may be learnt in any order, a later
 * day wins over an earlier one.
 */
public final class Rates {
  /** Nothing learnt. */
  public static final Rates NONE = new Rates(new TreeMap<>());

  private static final String CURRENCY = "usd";

  /** How many days of bills are kept of a model, tier and meter. */
  private static final int KEPT = 3;

  private static final NavigableMap<LocalDate, Rate> NO_DAYS = Collections.emptyNavigableMap();
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
  private static final BigDecimal MINUTE = BigDecimal.valueOf(60);
  private static final BigDecimal HOUR = BigDecimal.valueOf(3600);

  private final SortedMap<Key, NavigableMap<LocalDate, Rate>> rates;
  private final String version;

  private Rates(SortedMap<Key, NavigableMap<LocalDate, Rate>> rates) {
    this.rates = rates;
    this.version = rates.isEmpty() ? "none" : Digest.of(text(changes()));
  }

  /**
   * One rate.
   *
   * @param model in lower case, or the catalogue's name of a tool
   * @param tier {@code priority}, {@code batch}, {@code flex}, … or empty for the base rate
   * @param meter what is counted
   * @param day the UTC day whose bill said so
   * @param perUnit USD, to 18 decimals
   */
  public record Rate(
      String model, Optional<String> tier, Meter meter, LocalDate day, BigDecimal perUnit) {}

  /**
   * These rates and what the bill of a day says: all rows of a line item together whose amount and
   * quantity are positive and in a known unit. Rows of credits and of what was free say nothing of
   * a price and are left out; so are long-context items, because their rate is not the base rate.
   * What was learnt of the same day is replaced.
   */
  public Rates learn(CostDay day) {
    var items = new HashMap<String, LineItem>();
    var billed = new HashMap<Key, Billed>();
    for (CostRow row : day.rows()) {
      String text = row.lineItem();
      BigDecimal quantity = row.quantity();
      if (text == null || quantity == null || !row.currency().equals(CURRENCY)) {
        continue;
      }
      if (quantity.signum() <= 0 || row.amount().signum() <= 0) {
        continue;
      }
      LineItem item = items.computeIfAbsent(text, LineItem::parse);
      Key key = item.longContext() ? null : key(item, row.unit());
      if (key != null) {
        Billed one = new Billed(row.amount(), quantity.multiply(size(row.unit())));
        billed.merge(key, one, Billed::plus);
      }
    }
    var learnt = new TreeMap<>(rates);
    billed.forEach((key, sum) -> {
      BigDecimal perUnit = sum.amount().divide(sum.quantity(), Meter.SCALE, RoundingMode.HALF_EVEN);
      NavigableMap<LocalDate, Rate> days = new TreeMap<>(learnt.getOrDefault(key, NO_DAYS));
      days.put(
          day.day(),
          new Rate(key.model(), key.tier(), key.meter(), day.day(), Decimals.normal(perUnit)));
      learnt.put(key, latest(days));
    });
    return learnt.equals(rates) ? this : new Rates(learnt);
  }

  private static NavigableMap<LocalDate, Rate> latest(NavigableMap<LocalDate, Rate> days) {
    while (days.size() > KEPT) {
      days.pollFirstEntry();
    }
    return days;
  }

  /**
   * USD for one unit by the latest bill, or empty if no bill has said so.
   *
   * @param model as usage names it; see {@link ModelPatterns#plain}
   * @param tier empty for the base rate
   */
  public Optional<BigDecimal> of(String model, Optional<String> tier, Meter meter) {
    return find(model, tier, meter).map(Rate::perUnit);
  }

  /** The rate of the latest bill with its day, or empty if no bill has said so. */
  public Optional<Rate> find(String model, Optional<String> tier, Meter meter) {
    return latest(model, tier, meter).stream().findFirst();
  }

  /** The rates of the latest bills, the latest first. */
  Collection<Rate> latest(String model, Optional<String> tier, Meter meter) {
    Key key = new Key(subject(model), tier.flatMap(Processing::tier), meter);
    return rates.getOrDefault(key, NO_DAYS).descendingMap().values();
  }

  /** The rates of the latest bill of each, by model, tier and meter. */
  public Collection<Rate> all() {
    return rates.values().stream().map(days -> days.lastEntry().getValue()).toList();
  }

  /** A text that changes with every change of a rate, and with no bill that repeats a rate. */
  public String version() {
    return version;
  }

  /** All rates as text, one line each; {@link #parse} reads it back without loss. */
  public String toText() {
    return text(rates.values().stream().flatMap(days -> days.values().stream()).toList());
  }

  /** The rates but those that the next bill repeats. */
  private List<Rate> changes() {
    return rates.values().stream()
        .flatMap(days ->
            days.values().stream()
                .filter(rate -> {
                  var next = days.higherEntry(rate.day());
                  return next == null || next.getValue().perUnit().compareTo(rate.perUnit()) != 0;
                }))
        .toList();
  }

  /** These rates, of which the latest of each model, tier and meter comes last. */
  private static String text(List<Rate> rates) {
    var text = new StringBuilder();
    for (Rate rate : rates) {
      text.append(rate.model())
          .append('\t')
          .append(rate.tier().orElse(""))
          .append('\t')
          .append(rate.meter().field())
          .append('\t')
          .append(rate.day())
          .append('\t')
          .append(rate.perUnit().toPlainString())
          .append('\n');
    }
    return text.toString();
  }

  /**
   * The rates that {@link #toText} wrote.
   *
   * @throws IllegalArgumentException if the text is not of that form
   */
  public static Rates parse(String text) {
    var rates = new TreeMap<Key, NavigableMap<LocalDate, Rate>>();
    for (String line : text.lines().toList()) {
      String[] fields = line.split("\t", -1);
      if (fields.length != 5) {
        throw new IllegalArgumentException("not a rate: " + line);
      }
      try {
        String model = subject(fields[0]);
        Optional<String> tier = Processing.tier(fields[1]);
        Meter meter = Meter.ofField(fields[2]).orElseThrow();
        LocalDate day = LocalDate.parse(fields[3]);
        BigDecimal perUnit = Decimals.parse(fields[4]);
        rates
            .computeIfAbsent(new Key(model, tier, meter), _ -> new TreeMap<>())
            .put(day, new Rate(model, tier, meter, day, perUnit));
      } catch (RuntimeException e) {
        throw new IllegalArgumentException("not a rate: " + line, e);
      }
    }
    return rates.isEmpty() ? NONE : new Rates(rates);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Rates that && rates.equals(that.rates);
  }

  @Override
  public int hashCode() {
    return rates.hashCode();
  }

  @Override
  public String toString() {
    return rates.size() + " rates, version " + version;
  }

  private static @Nullable Key key(LineItem item, @Nullable String unit) {
    String subject = item.model().or(item::tool).orElse(null);
    Optional<String> tier = item.tier().flatMap(Processing::tier);
    boolean plainTier = tier.stream().noneMatch(Rates::holdsSpace);
    Meter meter = meter(item, unit);
    return subject == null || meter == null || !plainTier
        ? null
        : new Key(subject(subject), tier, meter);
  }

  private static @Nullable Meter meter(LineItem item, @Nullable String unit) {
    Meter said = item.meter().orElse(null);
    if (unit == null) {
      // Before it gave units, the provider counted tokens and calls one by one.
      boolean ones = said == Meter.CALLS || said == Meter.SESSIONS;
      return said != null && (said.tokens() || ones) ? said : null;
    }
    return switch (unit) {
      case "tokens", "1000_tokens" -> said != null && said.tokens() ? said : null;
      case "duration_seconds", "duration_minutes", "duration_hours" -> Meter.SECONDS;
      case "gibibyte_hours" -> Meter.GIB_HOURS;
      case "characters" -> Meter.CHARACTERS;
      default -> null;
    };
  }

  private static BigDecimal size(@Nullable String unit) {
    return switch (unit == null ? "" : unit) {
      case "1000_tokens" -> THOUSAND;
      case "duration_minutes" -> MINUTE;
      case "duration_hours" -> HOUR;
      default -> BigDecimal.ONE;
    };
  }

  /** Bills say "whisper" where usage says "whisper-1". */
  static String subject(String model) {
    String plain = ModelPatterns.plain(model);
    return plain.equals("whisper") ? "whisper-1" : plain;
  }

  private static boolean holdsSpace(String text) {
    return text.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c));
  }

  private record Key(String model, Optional<String> tier, Meter meter) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::model)
            .thenComparing(key -> key.tier().orElse(""))
            .thenComparing(Key::meter);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  private record Billed(BigDecimal amount, BigDecimal quantity) {
    Billed plus(Billed other) {
      return new Billed(amount.add(other.amount), quantity.add(other.quantity));
    }
  }
}
