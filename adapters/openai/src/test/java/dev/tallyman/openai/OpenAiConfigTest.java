package dev.tallyman.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tallyman.core.Clock;
import dev.tallyman.openai.call.OpenAiConfig;
import dev.tallyman.openai.call.Secret;
import dev.tallyman.openai.call.Time;
import dev.tallyman.openai.call.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OpenAiConfigTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://api.openai.com/v1",
        "https://gateway.example.com:8443/openai/v1//",
        " http://127.0.0.1:8091/v1 ",
        "http://127.255.0.9",
        "http://localhost:1/v1",
        "http://[::1]:1/v1"
      })
  void takesHttpsAnywhereAndHttpOnThisMachine(String url) {
    assertThat(OpenAiConfig.of(url).baseUrl().toString()).doesNotEndWith("/").startsWith("http");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://api.openai.com/v1",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "api.openai.com/v1",
        "https:///v1",
        "https://user:S3cr3t@api.openai.com",
        "https://api.openai.com/v1?key=S3cr3t",
        "https://api.openai.com/v1#S3cr3t",
        "https://a b S3cr3t",
        ""
      })
  void refusesAnotherBaseUrlWithTheRemedyAndWithoutShowingIt(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenAiConfig.of(url))
        .withMessageContaining("https://api.openai.com/v1")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("S3cr3t"));
  }

  @Test
  void refusesNoTimeNoSizeAndNoAttempts() {
    var config = OpenAiConfig.of(OpenAiConfig.DEFAULT_BASE_URL);
    assertThat(config.maxBytes()).isEqualTo(16 * 1024 * 1024);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withCallTimeout(Duration.ZERO))
        .withMessageContaining("timeouts");
    assertThatIllegalArgumentException().isThrownBy(() -> config.withConnectTimeout(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> config.withMaxBytes(0));
    assertThatIllegalArgumentException().isThrownBy(() -> config.withAttempts(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "sk-S3cr3t\nX-Other: 1", "sk-S3cr3t key", "sk-S3cr3t\u2013"})
  void refusesAKeyThatCannotBeOneWithoutShowingIt(String key) {
    var config = OpenAiConfig.of(OpenAiConfig.DEFAULT_BASE_URL);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OpenAiUsageApi(config, key, Map.of(), () -> Instant.EPOCH))
        .withMessageContaining("OPENAI_ADMIN_KEY")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("S3cr3t"));
  }

  @Test
  void neverShowsAKey() {
    assertThat(new Secret(" sk-S3cr3t ")).hasToString("***");
    assertThat(new Secret(" sk-S3cr3t ").reveal()).isEqualTo("sk-S3cr3t");
    assertThat(Wording.safe("a sk-proj-Ab_9*.x, \n Bearer xyz\u0007 risk-based tasks"))
        .isEqualTo("a sk-***, sk-*** risk-based tasks");
  }

  @Test
  void waitsInTheTimeOfAnAcceleratedClock() {
    var start = Instant.parse("2026-11-01T00:00:00Z");
    var wall = Instant.parse("2026-11-21T09:00:00Z");
    var time = new Time(new Clock(start, wall, 600, () -> wall), _ -> {});

    assertThat(time.until(start.plusSeconds(600))).isEqualTo(Duration.ofMinutes(10));
    assertThat(time.realUntil(start.plusSeconds(600))).isEqualTo(Duration.ofSeconds(1));
    assertThat(time.until(start.minusSeconds(1))).isZero();
  }
}
