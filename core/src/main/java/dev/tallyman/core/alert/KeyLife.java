package dev.tallyman.core.alert;

import java.time.Instant;
import java.util.Optional;

/**
 * How long an admin key lives.
 *
 * @param expires when it ends; empty for never
 */
public record KeyLife(Optional<Instant> expires) {}
