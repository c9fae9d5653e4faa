package dev.tallyman.core.usage;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One combination of dimensions within a bucket, with its quantities. Immutable. A quantity that
 * the provider did not give is absent, which is not zero; numeric fields that this version does not
 * know are kept by name.
 */
@SuppressWarnings("EnumOrdinal") // Arrays by ordinal, in memory only: a page holds 100,000 rows.
public final class UsageRow implements Comparable<UsageRow> {
  private static final long ABSENT = Long.MIN_VALUE;
  private static final Dimension[] DIMENSIONS = Dimension.values();
  private static final Quantity[] QUANTITIES = Quantity.values();

  private final @Nullable String[] dimensions;
  private final long[] quantities;
  private final SortedMap<String, BigDecimal> others;

  private UsageRow(
      @Nullable String[] dimensions, long[] quantities, SortedMap<String, BigDecimal> others) {
    this.dimensions = dimensions;
    this.quantities = quantities;
    this.others = others;
  }

  /** An empty builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** The value of a dimension; null where the provider gave none. */
  public @Nullable String get(Dimension dimension) {
    return dimensions[dimension.ordinal()];
  }

  /** The counter, or empty where the provider gave none. */
  public OptionalLong get(Quantity quantity) {
    long value = quantities[quantity.ordinal()];
    return value == ABSENT ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /** Whether the provider gave this counter. */
  public boolean has(Quantity quantity) {
    return quantities[quantity.ordinal()] != ABSENT;
  }

  /** The counter, or zero where the provider gave none: for sums only. */
  public long orZero(Quantity quantity) {
    long value = quantities[quantity.ordinal()];
    return value == ABSENT ? 0 : value;
  }

  /** Numeric fields by the provider's name that are none of {@link Quantity}; never null. */
  public SortedMap<String, BigDecimal> others() {
    return others;
  }

  /** Whether both rows describe the same combination of dimensions. */
  public boolean sameDimensions(UsageRow other) {
    return Arrays.equals(dimensions, other.dimensions);
  }

  /**
   * A row with the dimensions of this one and the sums of both; a counter that only one of them has
   * is kept.
   *
   * @throws ArithmeticException if a sum exceeds a long
   */
  public UsageRow plus(UsageRow other) {
    Builder sum = toBuilder();
    sum.add(other);
    return sum.build();
  }

  /** A row with only those dimensions of this one that are in {@code kept}. */
  public UsageRow project(Set<Dimension> kept) {
    @Nullable String[] projected = new @Nullable String[DIMENSIONS.length];
    for (Dimension dimension : kept) {
      projected[dimension.ordinal()] = dimensions[dimension.ordinal()];
    }
    return new UsageRow(projected, quantities, others);
  }

  /** A key for sums: equal for rows of equal dimensions. */
  public Object dimensionsKey() {
    return Arrays.asList(dimensions);
  }

  /** A builder with the dimensions of this row and no quantity. */
  public Builder dimensionsOnly() {
    var builder = new Builder();
    System.arraycopy(dimensions, 0, builder.dimensions, 0, dimensions.length);
    return builder;
  }

  /** A builder that starts from this row. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    System.arraycopy(dimensions, 0, builder.dimensions, 0, dimensions.length);
    System.arraycopy(quantities, 0, builder.quantities, 0, quantities.length);
    if (!others.isEmpty()) {
      builder.others = new TreeMap<>(others);
    }
    return builder;
  }

  /** Orders by dimensions, an absent one first; rows of one bucket never compare as equal. */
  @Override
  public int compareTo(UsageRow other) {
    for (int i = 0; i < dimensions.length; i++) {
      String mine = dimensions[i];
      String theirs = other.dimensions[i];
      int order;
      if (mine == null || theirs == null) {
        order = Boolean.compare(mine != null, theirs != null);
      } else {
        order = mine.compareTo(theirs);
      }
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof UsageRow other
        && Arrays.equals(dimensions, other.dimensions)
        && Arrays.equals(quantities, other.quantities)
        && others.equals(other.others);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(dimensions) + Arrays.hashCode(quantities);
  }

  @Override
  public String toString() {
    var shown = new EnumMap<Dimension, String>(Dimension.class);
    for (Dimension dimension : DIMENSIONS) {
      String value = get(dimension);
      if (value != null) {
        shown.put(dimension, value);
      }
    }
    var counted = new EnumMap<Quantity, Long>(Quantity.class);
    for (Quantity quantity : QUANTITIES) {
      if (has(quantity)) {
        counted.put(quantity, orZero(quantity));
      }
    }
    return shown + " " + counted + (others.isEmpty() ? "" : " " + others);
  }

  /** Collects a row; may be used again after {@link #build}. */
  public static final class Builder {
    private final @Nullable String[] dimensions = new @Nullable String[DIMENSIONS.length];
    private final long[] quantities = new long[QUANTITIES.length];
    private @Nullable TreeMap<String, BigDecimal> others;

    private Builder() {
      Arrays.fill(quantities, ABSENT);
    }

    /** Sets a dimension; null clears it. */
    public Builder set(Dimension dimension, @Nullable String value) {
      dimensions[dimension.ordinal()] = value;
      return this;
    }

    /**
     * Sets a counter.
     *
     * @throws IllegalArgumentException if it is the one value that stands for absent
     */
    public Builder set(Quantity quantity, long value) {
      if (value == ABSENT) {
        throw new IllegalArgumentException(quantity.field() + " is out of range");
      }
      quantities[quantity.ordinal()] = value;
      return this;
    }

    /** Keeps a numeric field that is no {@link Quantity}. */
    public Builder other(String field, BigDecimal value) {
      if (others == null) {
        others = new TreeMap<>();
      }
      others.put(field, value);
      return this;
    }

    /**
     * Adds the quantities of a row to those collected.
     *
     * @throws ArithmeticException if a sum exceeds a long
     */
    public Builder add(UsageRow row) {
      for (int i = 0; i < quantities.length; i++) {
        long theirs = row.quantities[i];
        if (theirs != ABSENT) {
          quantities[i] = quantities[i] == ABSENT ? theirs : Math.addExact(quantities[i], theirs);
        }
      }
      row.others.forEach((field, value) -> {
        if (others == null) {
          others = new TreeMap<>();
        }
        others.merge(field, value, BigDecimal::add);
      });
      return this;
    }

    /** An immutable row of what was collected. */
    public UsageRow build() {
      SortedMap<String, BigDecimal> kept =
          others == null
              ? Collections.emptySortedMap()
              : Collections.unmodifiableSortedMap(new TreeMap<>(others));
      return new UsageRow(dimensions.clone(), quantities.clone(), kept);
    }
  }

  /** All counters that the provider gave, by quantity; for output, not for sums. */
  public Map<Quantity, Long> quantities() {
    var counted = new EnumMap<Quantity, Long>(Quantity.class);
    for (Quantity quantity : QUANTITIES) {
      if (has(quantity)) {
        counted.put(quantity, orZero(quantity));
      }
    }
    return Collections.unmodifiableMap(counted);
  }
}
