package dev.tallyman.core.budget;

import java.util.Optional;

/**
 * A limit that people are notified about.
 *
 * @param id 1 to 63 of a-z, 0-9 and '-', unique among budgets
 * @param name for people
 * @param organization our id of the one it is about; empty for each organization by itself
 * @param limit how much of what
 * @param notices when and where people are notified
 * @param pool whether it is one of the complimentary daily pools, whose end of a day is reported
 */
public record Budget(
    String id,
    String name,
    Optional<String> organization,
    Limit limit,
    Notices notices,
    boolean pool) {
  public Budget {
    notices = notices.lowestFirst(limit.amount());
  }

  /** Whether it counts in this organization. */
  public boolean covers(String org) {
    return organization.map(org::equals).orElse(true);
  }
}
