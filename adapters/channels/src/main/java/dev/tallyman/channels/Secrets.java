package dev.tallyman.channels;

import java.util.Map;
import java.util.Optional;

/** Where secrets of channels are found: addresses, routing keys, keys that sign. */
@FunctionalInterface
public interface Secrets {
  /**
   * The secret of this name, or empty.
   *
   * @throws IllegalStateException if it cannot be read now; the message holds no secret
   */
  Optional<String> find(String name);

  /** Secrets in variables of an environment, which is read at each call; empty ones are none. */
  static Secrets in(Map<String, String> variables) {
    return name ->
        Optional.ofNullable(variables.get(name))
            .map(String::strip)
            .filter(value -> !value.isEmpty());
  }
}
