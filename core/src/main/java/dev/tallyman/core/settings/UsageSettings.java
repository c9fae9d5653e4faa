package dev.tallyman.core.settings;

import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.ledger.Retention;
import dev.tallyman.core.price.Catalogue;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The settings by which usage is read, grouped, priced, put into days and kept. Immutable.
 *
 * @param groups the model groups with their limits
 * @param poolProjects the ids of the projects that share data and so draw on the pools; empty for
 *     all
 * @param prices gives {@link #catalogue()}, which much can do without and which takes time to read
 * @param zones the reporting zones, UTC first, each once
 * @param retention how long records are kept
 * @param emails whether e-mail addresses of users are stored
 * @param pollInterval the time from one cycle of polling to the next
 */
public record UsageSettings(
    ModelGroups groups,
    Set<String> poolProjects,
    Supplier<Catalogue> prices,
    List<ZoneId> zones,
    Retention retention,
    boolean emails,
    Duration pollInterval) {
  public UsageSettings {
    poolProjects = Collections.unmodifiableSet(new LinkedHashSet<>(poolProjects));
    zones = List.copyOf(zones);
  }

  /** The built-in catalogue with the user's own prices. */
  public Catalogue catalogue() {
    return prices.get();
  }
}
