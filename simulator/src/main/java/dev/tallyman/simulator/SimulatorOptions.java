package dev.tallyman.simulator;

import dev.tallyman.core.Clock;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * What a simulator that is served alone is told.
 *
 * @param port to listen on; 0 for a free one
 * @param seed of everything
 * @param now what its clock says when it starts; empty for the real time
 * @param speed how many of its seconds pass in a real one, at least 1
 * @param adminKey the only key that is accepted; empty for any {@code sk-admin-…}
 * @param faults what goes wrong
 */
public record SimulatorOptions(
    int port,
    long seed,
    Optional<Instant> now,
    long speed,
    Optional<String> adminKey,
    Set<Fault> faults) {
  /** The seed unless another is asked for. */
  public static final long SEED = 20;

  public SimulatorOptions {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
    }
    faults = Set.copyOf(faults);
  }

  /**
   * A running simulator.
   *
   * @param real the real time
   * @throws IOException if it cannot listen
   */
  public Simulator start(InstantSource real) throws IOException {
    Instant wall = real.instant();
    var builder =
        Simulator.builder(new Clock(now.orElse(wall), wall, speed, real))
            .port(port)
            .seed(seed)
            .faults(faults);
    adminKey.ifPresent(builder::adminKey);
    return builder.build().start();
  }
}
