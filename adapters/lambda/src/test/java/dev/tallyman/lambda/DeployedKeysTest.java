package dev.tallyman.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.settings.Mistake;
import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.Permits;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeployedKeysTest {
  private static final Permits PERMITS =
      Environment.of(
              Map.of(
                  "TABLE_NAME",
                  "table",
                  "KEY_PATH",
                  "/own/keys",
                  "OPENAI_BASE_URL",
                  "https://gateway.example/v1/"))
          .permits();

  @ParameterizedTest
  @CsvSource({
    ", /own/keys/labs, ,",
    ", /own/keys/labs, https://gateway.example/v1,",
    ", /own/keys/labs, https://thief.example/v1, base_url",
    ", /own/keys/labs, https://api.openai.com/v1, base_url",
    ", /own/keys/acme, , key_secret",
    ", /own/channels/labs, , key_secret",
    ", labs, , key_secret",
    "OPENAI_ADMIN_KEY, , , key_env",
    "AWS_SECRET_ACCESS_KEY, , https://thief.example/v1, key_env",
  })
  void settingsNameTheParameterOfTheOrganizationAndNoOtherAddress(
      @Nullable String keyEnv,
      @Nullable String keySecret,
      @Nullable String url,
      @Nullable String field) {
    Optional<Mistake> refusal =
        PERMITS.refusal(
            new OrganizationSettings(
                "labs",
                "Labs",
                Optional.ofNullable(url),
                Optional.ofNullable(keyEnv),
                Optional.ofNullable(keySecret)));

    assertThat(refusal.map(Mistake::path)).isEqualTo(Optional.ofNullable(field));
    refusal.ifPresent(mistake -> assertThat(mistake.message()).contains("/own/keys/labs"));
  }

  @Test
  void secretsOfChannelsAreThoseBelowThePathOfTheTemplate() {
    assertThat(PERMITS.refusal("ANY")).isEmpty();
  }
}
