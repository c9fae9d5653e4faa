package dev.tallyman.core.usage;

import java.time.Duration;
import java.time.Instant;

/** The width of a provider time bucket, with the most buckets that one page of usage may hold. */
public enum Width {
  MINUTE("1m", Duration.ofMinutes(1), 1440),
  HOUR("1h", Duration.ofHours(1), 168),
  DAY("1d", Duration.ofDays(1), 31);

  private final String parameter;
  private final Duration duration;
  private final int maxBuckets;

  Width(String parameter, Duration duration, int maxBuckets) {
    this.parameter = parameter;
    this.duration = duration;
    this.maxBuckets = maxBuckets;
  }

  /** The value of the provider's {@code bucket_width} parameter. */
  public String parameter() {
    return parameter;
  }

  /** How long one bucket lasts. */
  public Duration duration() {
    return duration;
  }

  /** The largest {@code limit} that the provider accepts for usage in this width. */
  public int maxBuckets() {
    return maxBuckets;
  }

  /** The start of the bucket that holds this instant; buckets are aligned to UTC. */
  public Instant floor(Instant instant) {
    long seconds = duration.toSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(instant.getEpochSecond(), seconds) * seconds);
  }

  /** The first bucket start that is not before this instant. */
  public Instant ceil(Instant instant) {
    Instant floor = floor(instant);
    return floor.equals(instant) ? floor : floor.plus(duration);
  }
}
