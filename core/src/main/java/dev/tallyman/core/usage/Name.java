package dev.tallyman.core.usage;

import dev.tallyman.core.Bounded;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the provider calls one of its ids, kept for ever because deleted keys vanish from its API
 * while their usage stays.
 *
 * <p>Its texts are bounded, also those that were kept before they were.
 *
 * @param kind what the id identifies
 * @param id the provider's id
 * @param name the provider's name; empty where it has none
 * @param details further facts as text, for instance {@code project}, {@code owner}, {@code
 *     redacted}, {@code status}, {@code email}; never a secret
 */
public record Name(Kind kind, String id, String name, Map<String, String> details) {
  public Name {
    id = Bounded.name(id);
    name = Bounded.name(name);
    var bounded = new TreeMap<>(details);
    bounded.replaceAll((_, text) -> Bounded.name(text));
    details = Collections.unmodifiableMap(bounded);
  }

  /** What can have a name. */
  public enum Kind {
    PROJECT,
    API_KEY,
    USER,
    SERVICE_ACCOUNT
  }
}
