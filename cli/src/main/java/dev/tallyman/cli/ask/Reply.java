package dev.tallyman.cli.ask;

import dev.tallyman.core.store.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An answer.
 *
 * @param headers by lower-case name
 */
public record Reply(int status, Map<String, String> headers, Bytes body) {
  public Reply {
    headers = Map.copyOf(headers);
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  public String text() {
    return new String(body.toArray(), StandardCharsets.UTF_8);
  }
}
