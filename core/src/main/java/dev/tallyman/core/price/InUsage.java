package dev.tallyman.core.price;

import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What both bills and usage show, and can therefore be compared: tokens, characters and seconds of
 * models, and calls of the tools that usage counts. Bills hold more: training, evaluations,
 * containers, agents, reserved capacity. Storage is left out on both sides, since usage shows what
 * is stored and not which part of it is free of charge.
 */
public final class InUsage {
  /** The endpoints whose usage is charged by what they count. */
  @SuppressWarnings("ImmutableEnumChecker") // Unmodifiable; the checker wants Guava's.
  public static final Set<Known> ENDPOINTS =
      Arrays.stream(Known.values())
          .filter(endpoint -> !endpoint.gauge())
          .collect(Collectors.toUnmodifiableSet());

  private InUsage() {}

  /** The model or tool that a line of a bill is about, if usage shows it; else empty. */
  public static Optional<String> subject(LineItem item) {
    if (item.meter().isEmpty() || item.meter().get() == Meter.GIB_HOURS) {
      return Optional.empty();
    }
    return item.model().map(Rates::subject).or(item::tool);
  }

  /**
   * The model or tool that usage of one of {@link #ENDPOINTS} is charged as.
   *
   * @param model empty where usage names none: the endpoint stands for it
   */
  public static String subject(Known endpoint, String model) {
    return switch (endpoint) {
      case WEB_SEARCH_CALLS -> Tool.WEB_SEARCH.catalogueName();
      case FILE_SEARCH_CALLS -> Tool.FILE_SEARCH.catalogueName();
      case CODE_INTERPRETER_SESSIONS -> Tool.CODE_INTERPRETER.catalogueName();
      default -> model.isEmpty() ? endpoint.id() : Rates.subject(model);
    };
  }
}
