package dev.tallyman.benchmarks;

import java.util.Arrays;

/** Durations in nanoseconds, of which the median and the 99th percentile are told. */
final class Spread {
  private final long[] durations;
  private int size;

  Spread(int size) {
    durations = new long[size];
  }

  void add(long nanos) {
    durations[size] = nanos;
    size++;
  }

  /** Prints {@code name.p50} and {@code name.p99}, once all are there. */
  void print(String name) {
    Arrays.sort(durations);
    IO.println(name + ".p50=" + durations[size / 2]);
    IO.println(name + ".p99=" + durations[size * 99 / 100]);
  }
}
