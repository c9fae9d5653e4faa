package dev.tallyman.core.spend;

import java.math.BigDecimal;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The sum of a series over several columns. */
final class SeriesTotal {
  private final int scale;
  private long usage;
  private long billed;
  private BigDecimal usageBeside = BigDecimal.ZERO;
  private BigDecimal billedBeside = BigDecimal.ZERO;
  private int flags;
  private boolean whole = true;
  private final SortedSet<String> leftOut = new TreeSet<>();

  SeriesTotal(int scale) {
    this.scale = scale;
  }

  /** Adds what a column says of a place. */
  void add(@Nullable Column column, int place) {
    if (column == null || !column.has(place)) {
      whole = false;
      return;
    }
    flags |= column.flags(place);
    long used = usage + column.used(place);
    if (((usage ^ used) & (column.used(place) ^ used)) < 0) {
      usageBeside = usageBeside.add(BigDecimal.valueOf(usage, scale));
      usage = column.used(place);
    } else {
      usage = used;
    }
    long charged = billed + column.charged(place);
    if (((billed ^ charged) & (column.charged(place) ^ charged)) < 0) {
      billedBeside = billedBeside.add(BigDecimal.valueOf(billed, scale));
      billed = column.charged(place);
    } else {
      billed = charged;
    }
    BigDecimal more = column.usedBeside(place);
    if (more != null) {
      usageBeside = usageBeside.add(more);
    }
    more = column.chargedBeside(place);
    if (more != null) {
      billedBeside = billedBeside.add(more);
    }
    String currencies = column.leftOut(place);
    if (currencies != null) {
      leftOut.addAll(List.of(currencies.split(",", -1)));
    }
  }

  /** The currencies of what is billed in others than the series counts. */
  SortedSet<String> leftOut() {
    return leftOut;
  }

  /** Whether all columns were summed. */
  boolean whole() {
    return whole;
  }

  boolean is(int flag) {
    return (flags & flag) != 0;
  }

  BigDecimal usage() {
    return usageBeside.add(BigDecimal.valueOf(usage, scale));
  }

  BigDecimal billed() {
    return billedBeside.add(BigDecimal.valueOf(billed, scale));
  }
}
