package dev.tallyman.benchmarks.support;

import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What a child process measured, by name. */
public record Figures(Map<String, String> values) {
  public String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("no " + name + " was measured");
    }
    return value;
  }

  public long number(String name) {
    return Long.parseLong(text(name));
  }

  /** Seconds of a figure in nanoseconds. */
  public String seconds(String name) {
    return seconds(number(name));
  }

  public static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
  }

  /** The middle one of the figures {@code name<i>part} with i from 1 on. */
  public long median(String name, String part, int repetitions) {
    long[] sorted =
        IntStream.range(1, repetitions).mapToLong(i -> number(name + i + part)).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
