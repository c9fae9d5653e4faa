package dev.tallyman.core.query;

import java.util.List;

/** A question that cannot be answered, with what can be asked instead. */
public final class QueryException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String field;

  @SuppressWarnings("serial") // An unmodifiable list of text, never sent anywhere.
  private final List<String> allowed;

  /**
   * Creates one.
   *
   * @param field the API's parameter that is wrong: {@code metric}, {@code by}, {@code filter},
   *     {@code since}, {@code until}, {@code granularity}, {@code zone}, {@code top} or {@code
   *     currency}
   * @param message one sentence for a person, with the remedy
   * @param allowed what the parameter could be, best first; empty where that cannot be listed
   */
  public QueryException(String field, String message, List<String> allowed) {
    super(message);
    this.field = field;
    this.allowed = List.copyOf(allowed);
  }

  /** The API's parameter that is wrong. */
  public String field() {
    return field;
  }

  /** What the parameter could be, best first; empty where that cannot be listed. */
  public List<String> allowed() {
    return allowed;
  }
}
