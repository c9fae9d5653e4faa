package dev.tallyman.benchmarks.support;

import java.util.Arrays;

/** Durations in nanoseconds, of which the median and the 99th percentile are told. */
public final class Spread {
  private final long[] durations;
  private int size;

  public Spread(int size) {
    durations = new long[size];
  }

  public void add(long nanos) {
    durations[size] = nanos;
    size++;
  }

  /** Prints {@code name.p50} and {@code name.p99}, once all are there. */
  public void print(String name) {
    Arrays.sort(durations);
    IO.println(name + ".p50=" + durations[size / 2]);
    IO.println(name + ".p99=" + durations[size * 99 / 100]);
  }
}
