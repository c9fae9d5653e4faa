package dev.tallyman.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.cli.Shell;
import dev.tallyman.core.settings.Mistake;
import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeysTest {
  private static final String SECRET = "sk-admin-1234567890";

  private final Shell shell =
      new Shell(Path.of("."))
          .with("OPENAI_ADMIN_KEY", SECRET)
          .with("OPENAI_BASE_URL", "https://own.example/v1")
          .with("OPENAI_ADMIN_KEY_LABS", SECRET)
          .with("OPENAI_ADMIN_KEY_ACME", SECRET)
          .with("OPENAI_BASE_URL_ACME", "https://acme.example/v1")
          .with("FILE_KEY", SECRET)
          .with("DATABASE_URL", "https://secret.example");

  private final Keys keys =
      keys(
          shell,
          Optional.of(
              settings(
                  Map.of(
                      "organizations",
                      List.of(
                          Map.of(
                              "id",
                              "filed",
                              "key_env",
                              "FILE_KEY",
                              "base_url",
                              "https://filed.example/v1")),
                      "channels",
                      Map.of(
                          "hook",
                          Map.of("kind", "webhook", "secret", "T", "signing", List.of("SIGN")))))));

  @ParameterizedTest
  @CsvSource({
    "OPENAI_ADMIN_KEY, , https://own.example/v1",
    "OPENAI_ADMIN_KEY, https://OWN.example/v1, https://own.example/v1",
    "OPENAI_ADMIN_KEY_LABS, https://api.openai.com/v1, https://api.openai.com/v1",
    "OPENAI_ADMIN_KEY_ACME, https://acme.example/v1, https://acme.example/v1",
    "FILE_KEY, , https://filed.example/v1",
    "FILE_KEY, https://filed.example/v1, https://filed.example/v1",
  })
  void settingsChooseAmongTheKeysAndEachGoesWhereItsOwnerSentIt(
      String variable, @Nullable String baseUrl, String goesTo) {
    OrganizationSettings named = named(variable, baseUrl);

    assertThat(keys.missing(named)).isEmpty();
    assertThat(keys.provider(named).openAi().baseUrl()).hasToString(goesTo);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DATABASE_URL | | key_env | `- {id: acme, key_env: DATABASE_URL}` below `organizations:` in"
            + " tallyman.yaml",
        "PATH | https://own.example/v1 | key_env | below `organizations:` in tallyman.yaml",
        "OPENAI_ADMIN_KEYS | | key_env | below `organizations:` in tallyman.yaml",
        "OPENAI_ADMIN_KEY | https://thief.example/v1 | base_url | set the environment variable"
            + " OPENAI_BASE_URL",
        "OPENAI_ADMIN_KEY | https://own.example/v2 | base_url | OPENAI_BASE_URL",
        "OPENAI_ADMIN_KEY | https://own.example:444/v1 | base_url | OPENAI_BASE_URL",
        "OPENAI_ADMIN_KEY_LABS | https://own.example/v1 | base_url | the environment variable"
            + " OPENAI_BASE_URL_LABS",
        "FILE_KEY | https://own.example/v1 | base_url | organizations[0].base_url in the file",
      })
  void anythingElseIsRefusedSayingWhatAllowsIt(
      String variable, @Nullable String baseUrl, String field, String allowedBy) {
    OrganizationSettings named = named(variable, baseUrl);

    Mistake refusal = keys.refusal(named).orElseThrow();

    assertThat(refusal.path()).isEqualTo(field);
    assertThat(refusal.message()).contains(allowedBy).doesNotContain(SECRET, "secret.example");
    assertThat(keys.missing(named)).contains(refusal.told());
  }

  @Test
  void aSecretOfAwsIsNoneHere() {
    var named =
        new OrganizationSettings("a", "a", Optional.empty(), Optional.empty(), Optional.of("/a/b"));

    assertThat(keys.refusal(named).orElseThrow().message())
        .contains("secrets are read in AWS only");
  }

  @ParameterizedTest
  @ValueSource(strings = {"T", "SIGN", "CHANNEL_OPS", "ALERT_WEBHOOK_URL"})
  void channelsChooseAmongTheSecretsThatAreForThem(String secret) {
    assertThat(keys.refusal(secret)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"DATABASE_URL", "PATH", "FILE_KEY", "CHANNELS", "t"})
  void noOtherVariableIsASecretOfAChannel(String secret) {
    assertThat(keys.refusal(secret).orElseThrow())
        .contains("CHANNEL_" + secret, "`secret: " + secret + "`", "tallyman.yaml")
        .doesNotContain("secret.example");
    assertThatThrownBy(() -> keys.secrets().find(secret))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageNotContaining("secret.example");
  }

  private static OrganizationSettings named(String variable, @Nullable String baseUrl) {
    return new OrganizationSettings(
        "acme", "Acme", Optional.ofNullable(baseUrl), Optional.of(variable), Optional.empty());
  }

  private static Keys keys(Shell shell, Optional<Settings> file) {
    return new Keys(shell.surroundings(), "tallyman.yaml", file, path -> path + " in the file");
  }

  private static Settings settings(Map<String, Object> document) {
    return ((SettingsResult.Valid) Settings.of(document)).settings();
  }
}
