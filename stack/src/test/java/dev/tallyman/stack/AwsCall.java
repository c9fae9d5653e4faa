package dev.tallyman.stack;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Which action of IAM a call of the AWS SDK needs. */
final class AwsCall {
  private static final Pattern CLIENT =
      Pattern.compile("software\\.amazon\\.awssdk\\.services\\.([a-z0-9]+)\\.[A-Za-z0-9]+Client");

  /** What clients do without asking AWS. */
  private static final Set<String> LOCAL =
      Set.of("builder", "close", "create", "serviceClientConfiguration", "serviceName");

  /** What IAM calls a service by another name than its client. */
  private static final Map<String, String> NAMES = Map.of("eventbridge", "events");

  private AwsCall() {}

  /**
   * The action of a method; empty if it is none of a client, or asks AWS nothing.
   *
   * @throws IllegalArgumentException for what leads to calls that cannot be seen from here
   */
  static Optional<String> action(String type, String method) {
    var client = CLIENT.matcher(type);
    if (!client.matches() || LOCAL.contains(method)) {
      return Optional.empty();
    }
    if (method.equals("waiter") || method.endsWith("Paginator")) {
      throw new IllegalArgumentException(
          method + " hides which calls it makes; make them yourself");
    }
    String service = client.group(1);
    return Optional.of(
        NAMES.getOrDefault(service, service)
            + ":"
            + method.substring(0, 1).toUpperCase(Locale.ROOT)
            + method.substring(1));
  }
}
