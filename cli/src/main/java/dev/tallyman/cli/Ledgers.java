package dev.tallyman.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Which file holds which ledger: what is real and what is simulated never share one. */
final class Ledgers {
  /** The id of the built-in simulated organization. */
  static final String SIMULATED = "simulated";

  private Ledgers() {}

  static Path real(Path data) {
    return data.resolve("tallyman.db");
  }

  static Path simulated(Path data) {
    return data.resolve("simulated.db");
  }

  /** The file that this process fills. */
  static Path toFill(Config config) {
    return config.simulated() ? simulated(config.data()) : real(config.data());
  }

  /**
   * The file that a question is about: the simulated one if it is named, or if there is neither a
   * key nor a real one; the admin key is seldom set where one asks.
   */
  static Path toRead(Config config, Optional<String> organization) {
    if (organization.isPresent()) {
      return organization.get().equals(SIMULATED) ? simulated(config.data()) : real(config.data());
    }
    Path real = real(config.data());
    return config.simulated() && !Files.isRegularFile(real) ? simulated(config.data()) : real;
  }
}
