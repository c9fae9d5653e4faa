package dev.tallyman.cli.config;

import dev.tallyman.cli.process.Failure;
import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import dev.tallyman.sqlite.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Which file holds which ledger: what is real and what is simulated never share one. */
public final class Ledgers {
  /** The id of the built-in simulated organization. */
  public static final String SIMULATED = "simulated";

  private Ledgers() {}

  public static Path real(Path data) {
    return data.resolve("tallyman.db");
  }

  public static Path simulated(Path data) {
    return data.resolve("simulated.db");
  }

  /** The organizations that the settings of the real ledger name; none if there is no such file. */
  static List<OrganizationSettings> named(Path data, InstantSource clock) {
    if (!Files.isRegularFile(real(data))) {
      return List.of();
    }
    try (Store store = new SqliteStore(real(data), clock)) {
      return new SettingsStore(store).load().settings().organizations();
    } catch (StoreException e) {
      throw Failure.of(e);
    }
  }

  /** The file that this process fills. */
  public static Path toFill(Config config) {
    return config.simulated() ? simulated(config.data()) : real(config.data());
  }

  /**
   * The file that a question is about: the simulated one if it is named, or if there is neither a
   * key nor a real one; the admin key is seldom set where one asks.
   */
  public static Path toRead(Config config, Optional<String> organization) {
    if (organization.isPresent()) {
      return organization.get().equals(SIMULATED) ? simulated(config.data()) : real(config.data());
    }
    Path real = real(config.data());
    return config.simulated() && !Files.isRegularFile(real) ? simulated(config.data()) : real;
  }
}
