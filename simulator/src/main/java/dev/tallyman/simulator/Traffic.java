package dev.tallyman.simulator;

import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One combination of dimensions that an endpoint sees traffic of, and how much. */
@SuppressWarnings("EnumOrdinal") // Arrays by dimension in memory, on the hottest path.
final class Traffic {
  static final int NONE = -1;

  final Known endpoint;

  /** Random bits of its own. */
  final long bits;

  /** By ordinal of the dimension. */
  final @Nullable String[] dimensions;

  final Rhythm rhythm;

  /** By how many hours its people are ahead of UTC. */
  final int ahead;

  /** Requests an hour at the peak, in thousandths. */
  final long rate;

  /** By slot: how many each request holds on average. */
  final int[] each;

  /** How many thousandths of the text input are read from the cache. */
  final int cached;

  /** How many thousandths of the text input are written to the cache. */
  final int written;

  /** Growth a day in hundred-thousandths, of what it is on 2026-08-01. */
  final int growth;

  /** The first hour, counted from 1970. */
  final long from;

  /** The hour after the last. */
  final long until;

  /** The complimentary pool that it draws from, or {@link #NONE}. */
  final int pool;

  /** Whether the provider tells only the counters of 2024 about it. */
  final boolean early;

  /** Whether no hour is without it. */
  final boolean certain;

  /** The incident that multiplies it, or {@link #NONE}. */
  final int boostedBy;

  /** The incident during which there is none of it, or {@link #NONE}. */
  final int stoppedBy;

  /** The incident without which there is none of it, or {@link #NONE}. */
  final int onlyIn;

  /** The incident that makes it miss the cache, or {@link #NONE}. */
  final int uncachedBy;

  private Traffic(Builder builder) {
    endpoint = builder.endpoint;
    bits = builder.bits;
    dimensions = builder.dimensions.clone();
    rhythm = builder.rhythm;
    ahead = builder.ahead;
    rate = builder.rate;
    each = builder.each.clone();
    cached = builder.cached;
    written = builder.written;
    growth = builder.growth;
    from = builder.from;
    until = builder.until;
    pool = builder.pool;
    early = builder.early;
    certain = builder.certain;
    boostedBy = builder.boostedBy;
    stoppedBy = builder.stoppedBy;
    onlyIn = builder.onlyIn;
    uncachedBy = builder.uncachedBy;
  }

  @Nullable String get(Dimension dimension) {
    return dimensions[dimension.ordinal()];
  }

  /** Collects traffic; kept and varied from one combination to the next. */
  static final class Builder {
    private static final int DIMENSIONS = Dimension.values().length;

    private final Known endpoint;
    private final @Nullable String[] dimensions = new @Nullable String[DIMENSIONS];
    private final int[] each = new int[Slots.SIZE];
    private long bits;
    private Rhythm rhythm = Rhythm.OFFICE;
    private int ahead;
    private long rate;
    private int cached;
    private int written;
    private int growth;
    private long from = Organization.FOUNDED.getEpochSecond() / 3600;
    private long until = Long.MAX_VALUE;
    private int pool = NONE;
    private boolean early;
    private boolean certain;
    private int boostedBy = NONE;
    private int stoppedBy = NONE;
    private int onlyIn = NONE;
    private int uncachedBy = NONE;

    Builder(Known endpoint) {
      this.endpoint = endpoint;
    }

    Builder set(Dimension dimension, @Nullable String value) {
      dimensions[dimension.ordinal()] = value;
      return this;
    }

    Builder rhythm(Rhythm value, int hoursAhead) {
      rhythm = value;
      ahead = hoursAhead;
      return this;
    }

    /** Requests an hour at the peak, in thousandths. */
    Builder rate(long thousandths) {
      rate = thousandths;
      return this;
    }

    Builder each(int slot, int average) {
      each[slot] = average;
      return this;
    }

    Builder text(int input, int output) {
      return each(Slots.TEXT_IN, input).each(Slots.TEXT_OUT, output);
    }

    Builder cache(int read, int write) {
      cached = read;
      written = write;
      return this;
    }

    Builder growth(int hundredThousandths) {
      growth = hundredThousandths;
      return this;
    }

    Builder between(long fromHour, long untilHour) {
      from = fromHour;
      until = untilHour;
      return this;
    }

    Builder pool(int value) {
      pool = value;
      return this;
    }

    Builder early() {
      early = true;
      return this;
    }

    Builder certain() {
      certain = true;
      return this;
    }

    Builder boostedBy(int incident) {
      boostedBy = incident;
      return this;
    }

    Builder stoppedBy(int incident) {
      stoppedBy = incident;
      return this;
    }

    Builder onlyIn(int incident) {
      onlyIn = incident;
      return this;
    }

    Builder uncachedBy(int incident) {
      uncachedBy = incident;
      return this;
    }

    Traffic build(long seed) {
      bits = Hash.of(seed, endpoint.id() + Arrays.toString(dimensions));
      return new Traffic(this);
    }
  }
}
