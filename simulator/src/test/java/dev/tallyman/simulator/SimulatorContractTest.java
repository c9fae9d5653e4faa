package dev.tallyman.simulator;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class SimulatorContractTest extends AdminContract {
  private static final Instant NOW = Instant.parse("2026-11-18T14:37:21Z");
  private static @Nullable Simulator simulator;

  @BeforeAll
  static void start() throws IOException {
    simulator = Simulator.builder(InstantSource.fixed(NOW)).build().start();
  }

  @AfterAll
  static void stop() {
    if (simulator != null) {
      simulator.close();
    }
  }

  @Override
  protected URI baseUrl() {
    if (simulator == null) {
      throw new IllegalStateException("not started");
    }
    return simulator.baseUrl();
  }

  @Override
  protected String adminKey() {
    return "sk-admin-anything";
  }

  @Override
  protected Instant now() {
    return NOW;
  }
}
