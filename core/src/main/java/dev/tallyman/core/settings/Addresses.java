package dev.tallyman.core.settings;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads fields that hold an address to which a path is to be added. */
final class Addresses {
  private static final int MOST_PORT = 65_535;
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(https?)://(\\[[0-9a-f:]+]|[a-z0-9.-]+)(:[0-9]{1,5})?(/[a-z0-9._~/-]*)?",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern ANY =
      Pattern.compile(
          "(https?)://(\\[[0-9a-f:]+]|[a-z0-9.-]+)(:[0-9]{1,5})?([/?#]\\p{Graph}*)?",
          Pattern.CASE_INSENSITIVE);

  private Addresses() {}

  /** The host of an address of the web that names no user, or empty if it is none. */
  static Optional<String> host(String url) {
    var parts = ANY.matcher(url);
    return parts.matches() ? Optional.of(parts.group(2)) : Optional.empty();
  }

  /** Whether it is an address of the web that begins with https and names no user. */
  static boolean isWeb(String url) {
    return url.regionMatches(true, 0, "https:", 0, "https:".length()) && host(url).isPresent();
  }

  /**
   * The address in a field without a trailing slash, kept; http is allowed on this machine only.
   *
   * @param example an address as it may be
   * @param why it has to begin with https, to be read after "because"
   */
  static Optional<String> read(Section fields, String name, String example, String why) {
    Optional<String> given = fields.text(name);
    if (given.isEmpty()) {
      return given;
    }
    String url = given.get();
    while (url.endsWith("/")) {
      url = url.substring(0, url.length() - 1);
    }
    var parts = ADDRESS.matcher(url);
    if (!parts.matches() || !isPort(parts.group(3))) {
      fields.add(
          name,
          "has to be an address such as %s, without user, query or fragment, not %s"
              .formatted(example, Text.shown(url)));
    } else if (parts.group(1).equalsIgnoreCase("http") && !Hosts.isLoopback(parts.group(2))) {
      fields.add(
          name,
          "has to begin with https://, because %s; http:// is allowed for 127.0.0.1, [::1] and"
                  .formatted(why)
              + " localhost only");
    }
    fields.keep(name, url);
    return Optional.of(url);
  }

  private static boolean isPort(@Nullable String colonAndNumber) {
    return colonAndNumber == null || Integer.parseInt(colonAndNumber.substring(1)) <= MOST_PORT;
  }
}
