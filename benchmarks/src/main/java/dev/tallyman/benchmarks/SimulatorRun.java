package dev.tallyman.benchmarks;

import dev.tallyman.simulator.Simulator;
import dev.tallyman.simulator.Size;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;

/** A simulator in a process of its own, until its input ends. */
final class SimulatorRun {
  /** As large, but 5,000 rows an hour. */
  private static final Size HUGE = new Size(200, 3, 10, 5_000, 50);

  private SimulatorRun() {}

  /** What its clock says, and the size of its organization. */
  public static void main(String[] arguments) throws IOException {
    var builder = Simulator.builder(InstantSource.fixed(Instant.parse(arguments[0])));
    switch (arguments[1]) {
      case "standard" -> {}
      case "large" -> builder.size(Size.LARGE);
      case "huge" -> builder.size(HUGE);
      default -> throw new IllegalArgumentException(arguments[1]);
    }
    try (Simulator simulator = builder.build().start()) {
      IO.println(simulator.baseUrl());
      while (System.in.read() != -1) {
        // Waits for its parent to let go.
      }
    }
  }
}
