package dev.tallyman.ssm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.store.MovableClock;
import dev.tallyman.ssm.AdminKeys.Found;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/** What holds against every Parameter Store. */
abstract class AdminKeysContract {
  private final MovableClock clock = MovableClock.at("2026-11-21T09:00:00Z");
  private final String path = "/test-" + UUID.randomUUID() + "/keys";

  /** A client to the store, open until the JVM ends. */
  protected abstract SsmClient client();

  @Test
  void eachSecureStringIsTheKeyOfAnOrganization() {
    put("labs", "sk-admin-labs");
    put("acme-2", "sk-admin-acme");

    Found found = keys().keys();

    assertThat(found.keys())
        .containsExactly(
            new AdminKeys.Key("acme-2", "sk-admin-acme", Optional.empty()),
            new AdminKeys.Key("labs", "sk-admin-labs", Optional.empty()));
    assertThat(found.ignored()).isEmpty();
  }

  @Test
  void besideAKeyStandsWhereItGoes() {
    put("labs", "sk-admin-labs");
    put("labs.base_url", "https://gateway.example/v1", ParameterType.STRING);
    put("acme", "sk-admin-acme");
    put("gone.base_url", "https://gateway.example/v1");

    Found found = keys().keys();

    assertThat(found.keys())
        .containsExactly(
            new AdminKeys.Key("acme", "sk-admin-acme", Optional.empty()),
            new AdminKeys.Key("labs", "sk-admin-labs", Optional.of("https://gateway.example/v1")));
    assertThat(found.ignored())
        .singleElement()
        .asString()
        .contains("gone.base_url belongs to no key");
  }

  @Test
  void thereMayBeMoreThanAPageHolds() {
    for (int i = 10; i < 33; i++) {
      put("org-" + i, "sk-admin-" + i);
    }

    assertThat(keys().keys().keys())
        .hasSize(23)
        .isSortedAccordingTo((a, b) -> a.organization().compareTo(b.organization()))
        .contains(new AdminKeys.Key("org-32", "sk-admin-32", Optional.empty()));
  }

  @Test
  void whatIsNoKeyOfAnOrganizationIsNamedAndIgnored() {
    put("acme", "sk-admin-acme");
    put("Acme_Inc", "sk-admin-inc");
    put("deeper/labs", "sk-admin-labs");
    put("clear", "sk-admin-clear", ParameterType.STRING);

    Found found = keys().keys();

    assertThat(found.keys()).extracting(AdminKeys.Key::organization).containsExactly("acme");
    assertThat(found.ignored())
        .satisfiesExactlyInAnyOrder(
            name -> assertThat(name).startsWith(path + "/Acme_Inc names no organization: use"),
            clear -> assertThat(clear).startsWith(path + "/clear is kept in clear: delete it"));
    assertThat(found.toString()).doesNotContain("sk-admin");
  }

  @Test
  void thatThereIsNoneIsSaidWithTheRemedy() {
    try (var keys = keys()) {
      assertThatThrownBy(keys::keys)
          .isInstanceOf(UnavailableException.class)
          .hasMessage(
              "there is no admin key below %s: put one there as a SecureString named %s/default;"
                  + " `tallyman aws` prints the command",
              path, path);

      put("NoId", "sk-admin-1");
      assertThatThrownBy(keys::keys).hasMessageContaining("%s/NoId names no organization", path);

      put("default", "sk-admin-2");
      assertThat(keys.keys().keys()).hasSize(1);
    }
  }

  @Test
  void aKeyIsKeptForFiveMinutesOrUntilItShallBeForgotten() {
    put("acme", "sk-admin-1");
    try (var keys = keys()) {
      assertThat(keys.keys().keys()).extracting(AdminKeys.Key::value).containsExactly("sk-admin-1");
      put("acme", "sk-admin-2");

      clock.advance(Duration.ofSeconds(299));
      assertThat(keys.keys().keys()).extracting(AdminKeys.Key::value).containsExactly("sk-admin-1");
      clock.advance(Duration.ofSeconds(1));
      assertThat(keys.keys().keys()).extracting(AdminKeys.Key::value).containsExactly("sk-admin-2");

      put("acme", "sk-admin-3");
      keys.forget();
      assertThat(keys.keys().keys()).extracting(AdminKeys.Key::value).containsExactly("sk-admin-3");

      put("acme", "sk-admin-4");
      clock.advance(Duration.ofHours(-1));
      assertThat(keys.keys().keys()).extracting(AdminKeys.Key::value).containsExactly("sk-admin-4");
      assertThat(keys).hasToString("AdminKeys[" + path + "]");
    }
  }

  @Test
  void aSecretOfAChannelIsFoundByItsNameUnlessItIsKeptInClear() {
    put("SLACK_OPS", "https://hooks.example.com/1");
    put("CLEAR", "https://hooks.example.com/2", ParameterType.STRING);
    try (var secrets = new ChannelSecrets(client(), path + "/", clock)) {
      assertThat(secrets.secret("SLACK_OPS")).contains("https://hooks.example.com/1");
      assertThat(secrets.secret("CLEAR")).isEmpty();
      assertThat(secrets.secret("NONE")).isEmpty();
      assertThat(secrets.path()).isEqualTo(path);
      assertThat(secrets).hasToString("ChannelSecrets[" + path + "]");
    }
  }

  @Test
  void aSecretIsKeptForFiveMinutesOrUntilItMayBeAnother() {
    try (var secrets = new ChannelSecrets(client(), path, clock)) {
      assertThat(secrets.secret("SLACK_OPS")).isEmpty();
      put("SLACK_OPS", "one");
      put("OTHER", "other");

      assertThat(secrets.changed(List.of("SLACK_OPS"))).isTrue();
      assertThat(secrets.secret("SLACK_OPS")).contains("one");
      assertThat(secrets.changed(List.of("SLACK_OPS", "NONE"))).isFalse();

      put("SLACK_OPS", "two");
      assertThat(secrets.changed(List.of("OTHER"))).isFalse();
      assertThat(secrets.secret("SLACK_OPS")).contains("two");

      put("SLACK_OPS", "three");
      clock.advance(Duration.ofSeconds(299));
      assertThat(secrets.secret("SLACK_OPS")).contains("two");
      clock.advance(Duration.ofSeconds(1));
      assertThat(secrets.secret("SLACK_OPS")).contains("three");
    }
  }

  private AdminKeys keys() {
    return new AdminKeys(client(), path + "/", clock);
  }

  private void put(String name, String value) {
    put(name, value, ParameterType.SECURE_STRING);
  }

  private void put(String name, String value, ParameterType type) {
    client()
        .putParameter(
            request -> request.name(path + "/" + name).value(value).type(type).overwrite(true));
  }
}
