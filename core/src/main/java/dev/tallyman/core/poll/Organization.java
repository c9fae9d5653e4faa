package dev.tallyman.core.poll;

import java.time.Instant;
import java.util.Optional;

/**
 * An organization that was read at least once.
 *
 * @param id ours
 * @param providerId the provider's; empty if its answers do not say
 * @param simulated whether its answers are marked as simulated
 * @param firstRead when it was first read
 */
public record Organization(
    String id, Optional<String> providerId, boolean simulated, Instant firstRead) {}
