package dev.tallyman.core.usage;

import java.util.Optional;

/** What the provider can group usage by; the names are those of its Usage API. */
public enum Dimension {
  PROJECT("project_id"),
  USER("user_id"),
  API_KEY("api_key_id"),
  MODEL("model"),
  /** The text {@code true} or {@code false}. */
  BATCH("batch"),
  SERVICE_TIER("service_tier"),
  SIZE("size"),
  SOURCE("source"),
  VECTOR_STORE("vector_store_id"),
  CONTEXT_LEVEL("context_level");

  private final String field;

  Dimension(String field) {
    this.field = field;
  }

  /** The field's name in the provider's JSON and in its {@code group_by} parameter. */
  public String field() {
    return field;
  }

  /** The dimension with this field name, or empty. */
  public static Optional<Dimension> ofField(String field) {
    for (Dimension dimension : values()) {
      if (dimension.field.equals(field)) {
        return Optional.of(dimension);
      }
    }
    return Optional.empty();
  }
}
