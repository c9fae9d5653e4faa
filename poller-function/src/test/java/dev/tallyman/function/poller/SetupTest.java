package dev.tallyman.function.poller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class SetupTest {
  @Test
  void whatTheTemplateSetsIsRead() {
    Setup setup =
        Setup.of(
            Map.of(
                "TABLE_NAME", "table",
                "STACK_NAME", "stack",
                "KEY_PATH", "/tallyman/keys",
                "CROSSINGS_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:crossings",
                "EVENT_BUS", " ",
                "OPENAI_BASE_URL", "",
                "PREMIUM_TIER_LIMIT", "",
                "AWS_SECRET_ACCESS_KEY", "aws-secret"));

    assertThat(setup.environment().table()).isEqualTo("table");
    assertThat(setup.keyPath()).isEqualTo("/tallyman/keys");
    assertThat(setup.topic()).isEqualTo("arn:aws:sns:us-east-1:123456789012:crossings");
    assertThat(setup.bus()).isEmpty();
    assertThat(setup.openAi()).isEmpty();
    assertThat(setup.history()).hasDays(90);
    assertThat(setup.toString()).doesNotContain("aws-secret");
  }

  @Test
  void everyMistakeIsNamedAtOnce() {
    assertThatThrownBy(() ->
            Setup.of(
                Map.of(
                    "OPENAI_BASE_URL", "http://example.com/v1",
                    "RETENTION_DAYS", "many",
                    "TALLYMAN_CLOCK", "2026-11-01T00:00:00Z,2026-11-21T09:00:00Z,600")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "TABLE_NAME: ",
            "KEY_PATH: is not set",
            "CROSSINGS_TOPIC_ARN: is not set",
            "OPENAI_BASE_URL: ",
            "RETENTION_DAYS: ",
            "TALLYMAN_CLOCK: is for tests");
  }
}
