package dev.tallyman.openai.read;

import dev.tallyman.core.usage.Name;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the provider's projects, keys, users and service accounts are called. Of their fields those
 * are kept that seldom change; a key's last use would make every sweep find news.
 */
public final class Names {
  private Names() {}

  /** The name in an item that has an id. */
  public static Name of(Name.Kind kind, @Nullable String project, Map<?, ?> item) {
    var details = new HashMap<String, String>();
    if (project != null) {
      details.put("project", project);
    }
    String name = ListReading.text(item, "name");
    switch (kind) {
      case PROJECT -> {
        put(details, "status", ListReading.text(item, "status"));
        put(details, "created", time(item, "created_at"));
        put(details, "archived", time(item, "archived_at"));
      }
      case API_KEY -> {
        put(details, "redacted", redacted(ListReading.text(item, "redacted_value")));
        put(details, "created", time(item, "created_at"));
        put(details, "status", ListReading.text(item, "owner_project_access"));
        if (item.get("owner") instanceof Map<?, ?> owner) {
          String type = ListReading.text(owner, "type");
          put(details, "owner_type", type);
          if (owner.get(type) instanceof Map<?, ?> identity) {
            put(details, "owner", ListReading.text(identity, "id"));
          }
        }
      }
      case USER -> {
        Map<?, ?> nested = item.get("user") instanceof Map<?, ?> user ? user : Map.of();
        name = name.isEmpty() ? ListReading.text(nested, "name") : name;
        String email = ListReading.text(item, "email");
        put(details, "email", email.isEmpty() ? ListReading.text(nested, "email") : email);
        put(details, "role", ListReading.text(item, "role"));
      }
      case SERVICE_ACCOUNT -> {
        put(details, "role", ListReading.text(item, "role"));
        put(details, "created", time(item, "created_at"));
      }
    }
    return new Name(kind, ListReading.text(item, "id"), name, details);
  }

  /** The instant in a field of seconds since 1970; empty if it has none. */
  public static Optional<Instant> instant(Map<?, ?> item, String field) {
    try {
      String text = ListReading.text(item, field);
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(Instant.ofEpochSecond(new BigDecimal(text).longValueExact()));
    } catch (ArithmeticException | NumberFormatException | DateTimeException _) {
      return Optional.empty();
    }
  }

  /** What a provider calls redacted, if it is: a compatible one might show the whole key. */
  private static String redacted(String value) {
    return value.contains("*") || value.contains("..") || value.contains("…") ? value : "";
  }

  private static String time(Map<?, ?> item, String field) {
    return instant(item, field).map(Instant::toString).orElse("");
  }

  private static void put(Map<String, String> details, String name, String value) {
    if (!value.isEmpty()) {
      details.put(name, value);
    }
  }
}
