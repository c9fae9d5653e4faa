package dev.tallyman.function.poller;

import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.openai.OpenAiUsageApi;
import dev.tallyman.openai.call.OpenAiConfig;
import dev.tallyman.ssm.AdminKeys;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The providers of organizations, connected once for each key and address. Where a key goes is in
 * the parameter beside it or in the template; settings can only agree.
 */
final class Providers {
  private final AdminKeys keys;
  private final Optional<OpenAiConfig> usual;
  private final Map<String, String> variables;
  private final InstantSource clock;
  private final Map<String, Connection> connections = new ConcurrentHashMap<>();

  /**
   * Connects to nothing yet.
   *
   * @param keys where each key and its address are, for messages
   * @param usual where the keys go that have no address of their own; empty for the provider's own
   *     address
   * @param variables where {@code HTTPS_PROXY} and {@code NO_PROXY} are looked up
   */
  Providers(
      AdminKeys keys,
      Optional<OpenAiConfig> usual,
      Map<String, String> variables,
      InstantSource clock) {
    this.keys = keys;
    this.usual = usual;
    this.variables = variables;
    this.clock = clock;
  }

  /**
   * The provider of an organization.
   *
   * @throws NoKeyException if this cannot be its key, or the settings would send it elsewhere
   */
  OpenAiUsageApi of(AdminKeys.Key key, Settings settings) {
    OpenAiConfig openAi = address(key);
    agreed(key, openAi, settings);
    return connections
        .compute(
            key.organization(),
            (_, known) -> {
              if (known != null && known.key().equals(key) && known.openAi().equals(openAi)) {
                return known;
              }
              if (known != null) {
                known.api().close();
              }
              return new Connection(key, openAi, connect(openAi, key));
            })
        .api();
  }

  private OpenAiUsageApi connect(OpenAiConfig openAi, AdminKeys.Key key) {
    try {
      return new OpenAiUsageApi(openAi, key.value(), variables, clock);
    } catch (IllegalArgumentException e) {
      throw new NoKeyException(
          key + " in the Parameter Store cannot be used; put it there anew", e);
    }
  }

  private OpenAiConfig address(AdminKeys.Key key) {
    if (key.baseUrl().isEmpty()) {
      return usual.orElseGet(() -> OpenAiConfig.of(OpenAiConfig.DEFAULT_BASE_URL));
    }
    try {
      return OpenAiConfig.of(key.baseUrl().get());
    } catch (IllegalArgumentException e) {
      throw new NoKeyException(
          "the parameter " + keys.address(key.organization()) + ": " + e.getMessage(), e);
    }
  }

  /** Settings that name another address are refused, whenever they were stored. */
  private void agreed(AdminKeys.Key key, OpenAiConfig openAi, Settings settings) {
    Optional<String> named =
        settings.organizations().stream()
            .filter(each -> each.id().equals(key.organization()))
            .findFirst()
            .flatMap(OrganizationSettings::baseUrl);
    if (named.isPresent() && !OpenAiConfig.of(named.get()).baseUrl().equals(openAi.baseUrl())) {
      throw new NoKeyException(
          "%s goes to %s only, and the settings cannot send it to %s: take base_url out of the settings, or allow it with the parameter %s"
              .formatted(key, openAi.baseUrl(), named.get(), keys.address(key.organization())),
          null);
    }
  }

  /** A key shows itself by its organization only. */
  private record Connection(AdminKeys.Key key, OpenAiConfig openAi, OpenAiUsageApi api) {}
}
