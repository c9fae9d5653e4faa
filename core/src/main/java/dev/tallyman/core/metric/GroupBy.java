package dev.tallyman.core.metric;

import java.util.Optional;

/** What an answer can be grouped and filtered by. */
public enum GroupBy {
  /** The Usage API's endpoint, for instance {@code completions}. */
  ENDPOINT("endpoint"),
  /** The id of a project. */
  PROJECT("project"),
  /** The id of an API key. */
  KEY("key"),
  /** The id of a user or service account. */
  USER("user"),
  /** The model's name as the provider gives it. */
  MODEL("model"),
  /** The model group whose pool the model draws on; completions only. */
  GROUP("group"),
  /** How a request was processed: {@code default}, {@code priority}, {@code flex} and so on. */
  TIER("tier"),
  /** The text {@code true} for what ran in a batch, else {@code false}. */
  BATCH("batch"),
  /** The text by which the provider charges. */
  LINE_ITEM("line_item");

  private final String id;

  GroupBy(String id) {
    this.id = id;
  }

  /** The name in the API, on the command line and in exports. */
  public String id() {
    return id;
  }

  /** The grouping of this name, or empty. */
  public static Optional<GroupBy> of(String id) {
    for (GroupBy by : values()) {
      if (by.id.equals(id)) {
        return Optional.of(by);
      }
    }
    return Optional.empty();
  }
}
