package dev.tallyman.poller;

import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.openai.OpenAiConfig;
import dev.tallyman.openai.OpenAiUsageApi;
import dev.tallyman.ssm.AdminKeys;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The providers of organizations, connected once for each key and address. */
final class Providers {
  private final Optional<OpenAiConfig> usual;
  private final Map<String, String> variables;
  private final InstantSource clock;
  private final Map<String, Connection> connections = new ConcurrentHashMap<>();

  /**
   * Connects to nothing yet.
   *
   * @param usual where an organization is read of which the settings say nothing; empty for the
   *     provider's own address
   * @param variables where {@code HTTPS_PROXY} and {@code NO_PROXY} are looked up
   */
  Providers(Optional<OpenAiConfig> usual, Map<String, String> variables, InstantSource clock) {
    this.usual = usual;
    this.variables = variables;
    this.clock = clock;
  }

  /**
   * The provider of an organization.
   *
   * @throws NoKeyException if this cannot be its key
   */
  OpenAiUsageApi of(AdminKeys.Key key, Settings settings) {
    OpenAiConfig openAi = address(key.organization(), settings);
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

  private OpenAiConfig address(String organization, Settings settings) {
    return settings.organizations().stream()
        .filter(each -> each.id().equals(organization))
        .findFirst()
        .flatMap(OrganizationSettings::baseUrl)
        .map(OpenAiConfig::of)
        .or(() -> usual)
        .orElseGet(() -> OpenAiConfig.of(OpenAiConfig.DEFAULT_BASE_URL));
  }

  /** A key shows itself by its organization only. */
  private record Connection(AdminKeys.Key key, OpenAiConfig openAi, OpenAiUsageApi api) {}
}
