package dev.tallyman.core.ledger;

import static dev.tallyman.core.usage.Dimension.API_KEY;
import static dev.tallyman.core.usage.Dimension.BATCH;
import static dev.tallyman.core.usage.Dimension.MODEL;
import static dev.tallyman.core.usage.Dimension.PROJECT;
import static dev.tallyman.core.usage.Dimension.SERVICE_TIER;
import static dev.tallyman.core.usage.Dimension.USER;

import dev.tallyman.core.usage.Dimension;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** A choice of dimensions by which usage is rolled up, from the smallest to the whole. */
public enum View {
  /** By endpoint, model, service tier and batch. */
  MODELS("models", EnumSet.of(MODEL, SERVICE_TIER, BATCH)),
  /** By endpoint, project, API key and user. */
  KEYS("keys", EnumSet.of(PROJECT, API_KEY, USER)),
  /** By everything. */
  ALL("all", EnumSet.allOf(Dimension.class));

  private final String id;

  @SuppressWarnings("ImmutableEnumChecker") // Unmodifiable; the checker wants Guava's.
  private final Set<Dimension> dimensions;

  View(String id, EnumSet<Dimension> dimensions) {
    this.id = id;
    this.dimensions = Collections.unmodifiableSet(dimensions);
  }

  /** The name in keys. */
  public String id() {
    return id;
  }

  /** The dimensions that rows of this view have, beside the endpoint. */
  public Set<Dimension> dimensions() {
    return dimensions;
  }

  /** The smallest view that knows all these dimensions. */
  public static View holding(Set<Dimension> dimensions) {
    for (View view : values()) {
      if (view.dimensions.containsAll(dimensions)) {
        return view;
      }
    }
    return ALL;
  }
}
