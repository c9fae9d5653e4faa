package dev.tallyman.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EnvironmentTest {
  private static final String HASH = "0123456789abcdef".repeat(4);

  @Test
  void whatIsNotSetOrEmptyHasItsDefault() {
    var environment =
        Environment.of(
            Map.of(
                "TABLE_NAME", "ledger",
                "VIEWER_TOKEN_HASHES", "",
                "CORS_ORIGINS", " , ",
                "ANONYMOUS_READ", "",
                "PREMIUM_TIER_LIMIT", ""));

    assertThat(environment.table()).isEqualTo("ledger");
    assertThat(environment.access().hasTokens()).isFalse();
    assertThat(environment.access().anonymousRead()).isFalse();
    assertThat(environment.access().openOnLoopback()).isFalse();
    assertThat(environment.access().origins()).isEmpty();
    assertThat(Duration.between(environment.clock().instant(), InstantSource.system().instant()))
        .isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void everythingIsRead() {
    var other = HASH.replace('0', 'f');
    var environment =
        Environment.of(
            Map.of(
                "TABLE_NAME", "ledger",
                "STACK_NAME", "mine",
                "VIEWER_TOKEN_HASHES", HASH + ", " + other,
                "OPERATOR_TOKEN_HASHES", other,
                "ANONYMOUS_READ", "true",
                "CORS_ORIGINS", "https://a.example.com,https://b.example.com",
                "TALLYMAN_CLOCK", "2020-01-01T00:00:00Z,2026-01-01T00:00:00Z,1"));

    assertThat(environment.stack()).isEqualTo("mine");
    assertThat(environment.access().viewers()).containsExactlyInAnyOrder(HASH, other);
    assertThat(environment.access().operators()).containsExactly(other);
    assertThat(environment.access().anonymousRead()).isTrue();
    assertThat(environment.access().origins())
        .containsExactlyInAnyOrder("https://a.example.com", "https://b.example.com");
    assertThat(environment.clock().instant())
        .isBefore(InstantSource.system().instant().minus(Duration.ofDays(2000)));
  }

  @Test
  void everyMistakeIsNamedAndNoTokenIsShown() {
    assertThatThrownBy(() ->
            Environment.of(
                Map.of(
                    "VIEWER_TOKEN_HASHES", "tly_v_secret",
                    "OPERATOR_TOKEN_HASHES", HASH + ";" + HASH,
                    "ANONYMOUS_READ", "yes",
                    "CORS_ORIGINS", "example.com",
                    "PREMIUM_TIER_LIMIT", "many",
                    "TALLYMAN_CLOCK", "noon")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "TABLE_NAME: ",
            "VIEWER_TOKEN_HASHES: ",
            "OPERATOR_TOKEN_HASHES: ",
            "ANONYMOUS_READ: ",
            "CORS_ORIGINS: ",
            "PREMIUM_TIER_LIMIT: ",
            "TALLYMAN_CLOCK: ",
            "tallyman token new")
        .hasMessageNotContaining("secret");
  }
}
